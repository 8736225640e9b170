import { type StaticDecode, type TProperties, Type } from "typebox";
import { Value } from "typebox/value";

/** A field with text; what is missing or no text is empty. */
export const Text = Type.Codec(Type.Unknown())
  .Decode((sent) => (typeof sent === "string" ? sent : ""))
  .Encode((text) => text);
/** A checkbox: whether it was ticked. */
export const Tick = Type.Codec(Type.Unknown())
  .Decode((sent) => typeof sent === "string" && sent !== "")
  .Encode((isTicked) => (isTicked ? "1" : ""));
/** All texts that were sent under one name, such as ticked boxes of a list. */
export const Texts = Type.Codec(Type.Unknown())
  .Decode((sent): string[] => [sent].flat().filter((value) => typeof value === "string"))
  .Encode((texts) => texts);

/** Reads a posted form or a query by its schema of `Text`, `Tick` and `Texts`; never fails, since people correct what they typed. */
export function readForm<Fields extends TProperties>(
  form: Type.TObject<Fields>,
  sent: unknown,
): StaticDecode<Type.TObject<Fields>> {
  const copy = Object.fromEntries(Object.entries(Object(sent))); // what was sent stays as it is: `Clean` changes its value
  return Value.Decode(form, Value.Clean(form, Value.Repair(form, copy)));
}

const MAX_SHOWN_VALUE_LENGTH = 40;

/**
 * Reads the fields of a query, each by a function that gives null for what it does not understand.
 * @param problems gets what was not understood, as it was typed (shortened).
 * @returns a function that reads one field; null = it is not given, or not understood.
 */
export function queryReader<Field extends string>(
  query: unknown,
  problems: Partial<Record<Field, string>>,
): <Value>(field: Field, parse: (text: string) => Value | null) => Value | null {
  const sent = Object(query) as Partial<Record<Field, unknown>>;
  return (field, parse) => {
    const typed = sent[field];
    const text = typeof typed === "string" ? typed.trim() : "";
    if (text === "") return null;
    const value = parse(text);
    if (value === null) {
      problems[field] =
        text.length > MAX_SHOWN_VALUE_LENGTH ? `${text.slice(0, MAX_SHOWN_VALUE_LENGTH)}…` : text;
    }
    return value;
  };
}
