import type { Translate } from "../viewer/language.ts";

/** The question before something that others notice at once (`forms/confirmation`). */
export interface Confirmation {
  title: string;
  subtitle: string;
  /** What will happen; the last one says how to undo it. */
  texts: string[];
  /** Why it was refused. */
  problem?: string | null;
  /** The form's action. */
  path: string;
  /** A hidden field. */
  sends?: { name: string; value: string };
  submit: string;
  isDanger: boolean;
  backUrl: string;
}

/** An input as `forms/_field` shows it. */
export interface Field {
  name: string;
  label: string;
  type: string;
  value: string;
  autocomplete: string;
  isRequired: boolean;
  /** The first wrong field of a refused form, and no other. */
  isFocused: boolean;
  /** The keyboard of a phone. */
  inputMode: "numeric" | "url" | null;
  placeholder: string | null;
  problem: string | null;
  hint: string | null;
  describedBy: string | null;
  /** Of a select. */
  options: ReturnType<typeof optionsOf>;
}

/** What a select offers. */
export type Choice = readonly [value: string | number, text: string];

export interface FilledForm {
  typed: Readonly<Record<string, string>>;
  /** Keys of the catalogs. */
  problems: Readonly<Record<string, string | undefined>>;
  /** Values in the messages about problems. */
  limits?: Readonly<Record<string, string | number>>;
}

interface Appearance extends Partial<Omit<Field, "name" | "problem" | "describedBy" | "options">> {
  label: string;
  choices?: readonly Choice[];
}

/**
 * @returns a function that makes a field as it was filled in; call it in the order of the page. Passwords are never shown
 * again.
 */
export function fieldsOf(
  t: Translate,
  { typed, problems, limits = {} }: FilledForm,
): (name: string, appearance: Appearance) => Field {
  const isRefused = Object.values(problems).some((key) => key !== undefined);
  let isFocusGiven = false;
  return (name, { choices = [], ...appearance }) => {
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
      options: optionsOf(choices, appearance.value ?? typed[name]),
    };
  };
}

export function optionsOf(choices: readonly Choice[], chosen: string | number | null = "") {
  return choices.map(([value, text]) => ({ value, text, isChosen: String(value) === String(chosen ?? "") }));
}

/** The ids of a field's notes; null = none. */
export function describedBy(name: string, problem: string | null, hint: string | null = null): string | null {
  const ids = [problem && `problem-${name}`, hint && `hint-${name}`];
  return ids.filter(Boolean).join(" ") || null;
}
