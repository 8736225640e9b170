import type { Translate } from "../viewer/language.ts";

/** An input of a form as `forms/_field` shows it. */
export interface Field {
  name: string;
  label: string;
  type: string;
  value: string;
  autocomplete: string;
  isRequired: boolean;
  /** Whether it has the focus when the page opens: the first wrong one of a refused form has it, and no other. */
  isFocused: boolean;
  /** Which keyboard a phone shows. */
  inputMode: "numeric" | "url" | null;
  placeholder: string | null;
  problem: string | null;
  hint: string | null;
  describedBy: string | null;
}

/** What stands in the fields of a form, and what is wrong with them, by name. */
export interface FilledForm {
  typed: Readonly<Record<string, string>>;
  /** Keys of the catalogs. */
  problems: Readonly<Record<string, string | undefined>>;
  /** What the messages about problems say of what is allowed. */
  limits?: Readonly<Record<string, string | number>>;
}

type Appearance = Pick<Field, "label"> & Partial<Omit<Field, "name" | "label" | "problem" | "describedBy">>;

/**
 * @returns a function that makes the fields of a form in the order of the page, each as it was filled in; passwords are
 * never shown again.
 */
export function fieldsOf(
  t: Translate,
  { typed, problems, limits = {} }: FilledForm,
): (name: string, appearance: Appearance) => Field {
  const isRefused = Object.values(problems).some((key) => key !== undefined);
  let isFocusGiven = false;
  return (name, appearance) => {
    const key = problems[name];
    const isFirstWrong = key !== undefined && !isFocusGiven;
    if (isFirstWrong) isFocusGiven = true;
    const problem = key ? t(key, limits) : null;
    const hint = appearance.hint ?? null;
    return {
      name,
      type: "text",
      value: appearance.type === "password" ? "" : (typed[name] ?? ""),
      autocomplete: "off",
      isRequired: false,
      isFocused: false,
      inputMode: null,
      placeholder: null,
      ...appearance,
      ...(isRefused && { isFocused: isFirstWrong }),
      problem,
      hint,
      describedBy: describedBy(name, { problem, hint }),
    };
  };
}

/** The ids of a field's notes for `aria-describedby`, null without any. */
export function describedBy(
  name: string,
  { problem, hint = null }: { problem: string | null; hint?: string | null },
): string | null {
  const notes = { problem, hint };
  const ids = (["problem", "hint"] as const)
    .filter((note) => notes[note] !== null)
    .map((note) => `${note}-${name}`);
  return ids.length > 0 ? ids.join(" ") : null;
}
