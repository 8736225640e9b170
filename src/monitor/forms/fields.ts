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

/** Whether a checkbox of a posted form was ticked. */
export function isChecked(body: unknown, field: string): boolean {
  return textFields(body, [field])[field] !== "";
}
