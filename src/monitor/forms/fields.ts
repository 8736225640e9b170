import { type StaticDecode, type TProperties, Type } from "typebox";
import { Value } from "typebox/value";

/** A field with text; what is missing or no text is empty. */
export const Text = Type.String({ default: "" });
/** A checkbox: whether it was ticked. */
export const Tick = Type.Codec(Text)
  .Decode((text) => text !== "")
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
  const copy = Object.assign({}, sent); // what was sent stays as it is: `Clean` changes its value
  return Value.Decode(form, Value.Clean(form, Value.Repair(form, copy)));
}

/** Reads text fields of a posted form; what is missing or is no text is empty. */
export function textFields<Field extends string>(
  body: unknown,
  fields: readonly Field[],
): Record<Field, string> {
  const given = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const entries = fields.map((field) => {
    const value = given[field];
    return [field, typeof value === "string" ? value : ""];
  });
  return Object.fromEntries(entries) as Record<Field, string>;
}

const MAX_SHOWN_VALUE_LENGTH = 40;

/**
 * Reads the fields of a query, each by a function that gives null for what it does not understand.
 * @param problems gets what was not understood, as it was typed (shortened).
 * @returns a function that reads one field; null = it is not given, or not understood.
 */
export function queryReader<Field extends string>(
  query: unknown,
  fields: readonly Field[],
  problems: Partial<Record<Field, string>>,
): <Value>(field: Field, parse: (text: string) => Value | null) => Value | null {
  const typed = textFields(query, fields);
  return (field, parse) => {
    const text = typed[field].trim();
    if (text === "") return null;
    const value = parse(text);
    if (value === null) {
      problems[field] =
        text.length > MAX_SHOWN_VALUE_LENGTH ? `${text.slice(0, MAX_SHOWN_VALUE_LENGTH)}…` : text;
    }
    return value;
  };
}

/** Whether a checkbox of a posted form was ticked. */
export function isChecked(body: unknown, field: string): boolean {
  return textFields(body, [field])[field] !== "";
}
