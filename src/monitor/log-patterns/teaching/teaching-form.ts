import { Type } from "typebox";
import { MAX_KIND_LENGTH } from "../../../protocol/log-patterns.ts";
import { TIME_FORMATS } from "../../../protocol/time-formats.ts";
import { readForm, readId, Text } from "../../forms/fields.ts";
import { PATTERN_KINDS, type PatternKind } from "../sets/compose-patterns.ts";
import { SCOPES, type Scope } from "../sets/pattern-sets.ts";
import { kindId } from "./seen-kinds.ts";

/** 200 kinds of 300 letters, each of which is six characters of a form, and patterns written by hand. */
export const MAX_TEACHING_FORM_BYTES = 1024 * 1024;

const CHOICE = /^kind-(?<id>[\w-]{12})$/;
const MAX_CHOICES = 1_000;
const STEPS = ["save", "try", "search", "move"] as const;
type Step = (typeof STEPS)[number];

const SentForm = Type.Object({
  scope: Text,
  basis: Text,
  seenAll: Text,
  seenOwn: Text,
  q: Text,
  step: Text,
  confirmed: Text,
  timestamp: Text,
  succeeded: Text,
  failed: Text,
  attempted: Text,
  excluded: Text,
});

/** The meaning chosen for a kind of lines, which may have left the log. */
export interface Choice {
  meaning: PatternKind;
  text: string;
}

export interface TeachingForm {
  scope: Scope;
  /** The scope of the patterns that it began with. */
  basis: Scope;
  /** The ids of the sets in force when it was shown. */
  seen: Record<Scope, number | null>;
  search: string;
  choices: Map<string, Choice>;
  /** Patterns written by hand, one a line. */
  typed: Record<PatternKind, string>;
  /** The time at the start of lines, one of `TIME_FORMATS`; empty = the usual one. */
  timestamp: string;
  /** Warnings that the person confirmed: no successful exchange, or kinds that sound bad. */
  confirmed: ReadonlySet<string>;
}

export function readTeachingForm(body: unknown): TeachingForm & { step: Step } {
  const sent = readForm(SentForm, body);
  const { succeeded, failed, attempted, excluded } = sent;
  return {
    step: STEPS.find((step) => step === sent.step) ?? "try",
    scope: readScope(sent.scope),
    basis: readScope(sent.basis),
    seen: { all: readId(sent.seenAll), own: readId(sent.seenOwn) },
    search: sent.q,
    choices: readChoices(body),
    typed: { succeeded, failed, attempted, excluded },
    timestamp: TIME_FORMATS.find(({ pattern }) => pattern === sent.timestamp)?.pattern ?? "",
    confirmed: new Set(sent.confirmed.split(",").filter((one) => one !== "")),
  };
}

function readScope(text: string): Scope {
  return SCOPES.find((scope) => scope === text) ?? "all";
}

/** Reads the fields `kind-<id>` and `text-<id>`. */
function readChoices(body: unknown): Map<string, Choice> {
  const choices = new Map<string, Choice>();
  const fields = new Map(Object.entries(body ?? {}));
  for (const [name, value] of fields) {
    const id = CHOICE.exec(name)?.groups?.id;
    const meaning = PATTERN_KINDS.find((kind) => kind === value);
    if (id === undefined || meaning === undefined || choices.size === MAX_CHOICES) continue;
    const text: unknown = fields.get(`text-${id}`);
    const isOfId = typeof text === "string" && text.length <= MAX_KIND_LENGTH && kindId(text) === id;
    if (isOfId) choices.set(id, { meaning, text });
  }
  return choices;
}

export function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
