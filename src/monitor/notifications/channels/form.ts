import type { Checked } from "./checks.ts";

/** What was typed, by field. */
export type Typed = Readonly<Record<string, string>>;

/** A field of the form of a kind; the catalogs call it `channels.field.<label>`. */
export interface FormField {
  name: string;
  /** `name` unless told. */
  label?: string;
  /** `text` unless told; the options of a `select` are called `channels.<name>Option.<option>`. */
  control?: "text" | "email" | "secret" | "text-area" | "select";
  isRequired?: boolean;
  inputMode?: "numeric" | "url";
  /** The rest of `channels.hint.…`; none = it has no hint. */
  hint?: string;
  options?: readonly string[];
  /** Whether it stands beside the one before. */
  isBeside?: boolean;
  /** Whether nearly everybody leaves it as it is: it stands in a part that is opened for it. */
  isRare?: boolean;
  /** Checks what was typed, when anything was. */
  check(text: string): Checked;
}

/** What a channel is that is changed, as it is stored; secrets are null where they cannot be opened. */
export interface Present<Settings, Secrets> {
  settings: Settings;
  secrets: Secrets | null;
}

/** The form of a kind of channels: its fields, and what they come to. */
export interface KindForm<Settings, Secrets> {
  fields: readonly FormField[];
  /** What stands in an empty one. */
  defaults: Typed;
  /** A channel as its fields show it. */
  typedOf(present: Present<Settings, Secrets>): Typed;
  /** What the summary of the rare fields is called in the catalogs. */
  rareSummary: string | null;
  /** Which secrets are stored, so that they may be left out. */
  knownSecrets(secrets: Secrets): readonly string[];
  /**
   * What the fields come to that are right each by itself; secrets that are left out stay as they are.
   * @param values as their checks have read them. @param present null = the channel is new.
   */
  termsOf(
    values: Typed,
    present: Present<Settings, Secrets> | null,
  ): { problems: Record<string, string>; settings: Settings; secrets: Partial<Secrets> };
}

/** Checks a text that may be anything, within a length. @param limit what the words of the problem call it. */
export function checkLength(maxLength: number, problem: string, limit: string, isTrimmed = true) {
  return (text: string): Checked => {
    const value = isTrimmed ? text.trim() : text;
    return value.length > maxLength ? { problem, values: { [limit]: maxLength } } : { value };
  };
}

/**
 * A secret goes only by the way for which it was given: whoever changes that says it again.
 * @param isSameWay whether server, encryption, authorities and proxy are as they were.
 */
export function leftOutProblem(
  isKnown: boolean,
  isSameWay: boolean,
  missing: string,
  again: string,
): string | null {
  if (!isKnown) return missing;
  return isSameWay ? null : again;
}
