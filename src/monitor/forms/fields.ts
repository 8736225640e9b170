import { type StaticDecode, type TProperties, Type } from "typebox";
import { Value } from "typebox/value";

/** Only characters that a header can hold; browsers encode all others. */
const OWN_PATH = /^\/(?![/\\])[!-[\]-~]*$/;

/** A route with one id in its address, as text. */
export interface WithId {
  Params: { id: string };
}

const ID = /^[1-9]\d{0,14}$/;

/** Missing, or no text, is empty. */
export const Text = Type.Codec(Type.Unknown())
  .Decode((sent) => (typeof sent === "string" ? sent : ""))
  .Encode((text) => text);
/** Whether a checkbox was ticked. */
export const Tick = Type.Codec(Type.Unknown())
  .Decode((sent) => typeof sent === "string" && sent !== "")
  .Encode((isTicked) => (isTicked ? "1" : ""));
/** All texts sent under one name, such as ticks in a list. */
export const Texts = Type.Codec(Type.Unknown())
  .Decode((sent): string[] => [sent].flat().filter((value) => typeof value === "string"))
  .Encode((texts) => texts);

/** By a schema of `Text`, `Tick` and `Texts`. Never fails, since people correct what they typed. */
export function readForm<Fields extends TProperties>(
  form: Type.TObject<Fields>,
  sent: unknown,
): StaticDecode<Type.TObject<Fields>> {
  const copy = Object.fromEntries(Object.entries(Object(sent))); // what was sent stays as it is: `Clean` changes its value
  return Value.Decode(form, Value.Clean(form, Value.Repair(form, copy)));
}

const MAX_SHOWN_VALUE_LENGTH = 40;

/**
 * Each field of a query is read by a function that gives null for what it does not understand.
 * @param problems gets what was not understood, as typed (shortened).
 * @returns a function that reads one field; null = not given, or not understood.
 */
export function queryReader<Field extends string>(
  query: unknown,
  problems: Partial<Record<Field, string>>,
): <Value>(field: Field, parse: (text: string) => Value | null) => Value | null {
  const sent = Object(query) as Partial<Record<Field, unknown>>;
  return (field, parse) => {
    const typed = sent[field];
    const text = typeof typed === "string" ? typed : "";
    if (text === "") return null;
    const value = parse(text);
    if (value === null) {
      problems[field] =
        text.length > MAX_SHOWN_VALUE_LENGTH ? `${text.slice(0, MAX_SHOWN_VALUE_LENGTH)}…` : text;
    }
    return value;
  };
}

/** Decimal digits and nothing else. null: it is no id. */
export function readId(text: string): number | null {
  return ID.test(text) ? Number(text) : null;
}

/** A path of this site, or else `/pos-servers`. Browsers take `//host` and `/\host` for other sites. */
export function ownPath(text: unknown): string {
  return typeof text === "string" && OWN_PATH.test(text) ? text : "/pos-servers";
}
