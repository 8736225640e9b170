import { TIME_FORMATS } from "../../../protocol/time-formats.ts";
import { textFields } from "../../forms/fields.ts";
import { readId } from "../../forms/id.ts";
import { PATTERN_KINDS, type PatternKind } from "../sets/compose-patterns.ts";
import { SCOPES, type Scope } from "../sets/pattern-sets.ts";

/** 200 kinds of 300 letters, each of which is six characters of a form, and patterns written by hand. */
export const MAX_TEACHING_FORM_BYTES = 1024 * 1024;

const CHOICE = /^kind-(?<id>[\w-]{12})$/;
const MAX_CHOICES = 1_000;
const STEPS = ["save", "try", "search", "move"] as const;
type Step = (typeof STEPS)[number];

/** What somebody said of a kind of lines, which may be in the log no longer; `text` null = it was not sent along. */
export interface Choice {
  meaning: PatternKind;
  text: string | null;
}

/** The form as it was filled in. */
export interface TeachingForm {
  scope: Scope;
  /** Whose patterns stood in it at first. */
  basis: Scope;
  /** The sets that were in force when it was shown. */
  seen: Record<Scope, number | null>;
  search: string;
  /** By the ids of kinds. */
  choices: Map<string, Choice>;
  /** Patterns written by hand, one a line. */
  typed: Record<PatternKind, string>;
  /** Of the time at the start of lines, one of `TIME_FORMATS`; empty = as usual. */
  timestamp: string;
  /** What was read and is to be saved all the same: that there is no successful exchange, kinds that sound bad. */
  confirmed: ReadonlySet<string>;
}

export function readTeachingForm(body: unknown): TeachingForm & { step: Step } {
  const fields = textFields(body, [
    "scope",
    "basis",
    "seenAll",
    "seenOwn",
    "q",
    "step",
    "confirmed",
    "timestamp",
    ...PATTERN_KINDS,
  ]);
  const { succeeded, failed, attempted, excluded } = fields;
  return {
    step: STEPS.find((step) => step === fields.step) ?? "try",
    scope: readScope(fields.scope),
    basis: readScope(fields.basis),
    seen: { all: readId(fields.seenAll), own: readId(fields.seenOwn) },
    search: fields.q,
    choices: readChoices(body),
    typed: { succeeded, failed, attempted, excluded },
    timestamp: TIME_FORMATS.find(({ pattern }) => pattern === fields.timestamp)?.pattern ?? "",
    confirmed: new Set(fields.confirmed.split(",").filter((one) => one !== "")),
  };
}

function readScope(text: string): Scope {
  return SCOPES.find((scope) => scope === text) ?? "all";
}

function readChoices(body: unknown): Map<string, Choice> {
  const choices = new Map<string, Choice>();
  for (const [name, value] of Object.entries((body ?? {}) as Record<string, unknown>)) {
    const id = CHOICE.exec(name)?.groups?.id;
    const meaning = PATTERN_KINDS.find((kind) => kind === value);
    if (id === undefined || meaning === undefined || choices.size === MAX_CHOICES) continue;
    choices.set(id, { meaning, text: textFields(body, [`text-${id}`])[`text-${id}`] || null });
  }
  return choices;
}

/** The lines of a text area that hold something. */
export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
