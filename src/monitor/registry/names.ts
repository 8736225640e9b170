export const MAX_NAME_LENGTH = 100;
/** Control and invisible direction characters, which can make a name look like another. */
const UNPRINTABLE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu;

/** A name as it is stored: one line without invisible characters. */
export function readName(text: string): string {
  return text.replace(UNPRINTABLE, " ").replace(/\s+/g, " ").trim();
}

/** What is wrong with the name of an organization or a POS server, as a key of the catalogs. */
export function findNameProblem(name: string): string | null {
  if (name === "") return "form.required";
  return name.length > MAX_NAME_LENGTH ? "organization.problem.nameTooLong" : null;
}
