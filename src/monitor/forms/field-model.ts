import type { Translate } from "../viewer/language.ts";

/** An input of a form as `forms/_field` shows it. */
export interface Field {
  name: string;
  label: string;
  type: string;
  value: string;
  autocomplete: string;
  isRequired: boolean;
  /** Of a refused form, the first wrong field has the focus and no other. */
  isFocused: boolean;
  /** Which keyboard a phone shows. */
  inputMode: "numeric" | "url" | null;
  placeholder: string | null;
  problem: string | null;
  hint: string | null;
  describedBy: string | null;
}

/** The values of a form and what is wrong with them, by field. */
export interface FilledForm {
  typed: Readonly<Record<string, string>>;
  /** Keys of the catalogs. */
  problems: Readonly<Record<string, string | undefined>>;
  /** Values for the messages about problems. */
  limits?: Readonly<Record<string, string | number>>;
}

type Appearance = Pick<Field, "label"> & Partial<Omit<Field, "name" | "label" | "problem" | "describedBy">>;

/** @returns a function that makes a field as it was filled in; call it in the order of the page. Passwords are never shown again. */
export function fieldsOf(
  t: Translate,
  { typed, problems, limits = {} }: FilledForm,
): (name: string, appearance: Appearance) => Field {
  const isRefused = Object.values(problems).some((key) => key !== undefined);
  let isFocusGiven = false;
  return (name, appearance) => {
    const key = problems[name];
    const isFirstWrong = key !== undefined && !isFocusGiven;
    isFocusGiven ||= isFirstWrong;
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
      describedBy: describedBy(name, problem, hint),
    };
  };
}

/** The ids of a field's notes for `aria-describedby`, null without any. */
export function describedBy(name: string, problem: string | null, hint: string | null = null): string | null {
  const ids = [problem && `problem-${name}`, hint && `hint-${name}`];
  return ids.filter(Boolean).join(" ") || null;
}
