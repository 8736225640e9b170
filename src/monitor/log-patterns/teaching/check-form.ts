import { checkPatterns } from "../../../protocol/check-patterns.ts";
import { LEVELS, levelOf } from "../../../protocol/log-head.ts";
import {
  type LogPatternTrial,
  MAX_PATTERN_LENGTH,
  type TaughtPatterns,
} from "../../../protocol/log-patterns.ts";
import { isTooCommon, OF_FAILURE } from "../../../protocol/taught-pattern.ts";
import type { AgentFailure } from "../../requests/agent-failure.ts";
import {
  carryOver,
  composePatterns,
  findOverfull,
  NO_PATTERNS,
  PATTERN_KINDS,
  withinLimits,
} from "../sets/compose-patterns.ts";
import { setOf } from "../sets/pattern-sets.ts";
import type { SetsInForce } from "../sets/sets-in-force.ts";
import { findMarkedBy, listMarked, type Marked, patternsOf } from "./marked-patterns.ts";
import type { SeenKind } from "./seen-kinds.ts";
import type { TeachingForm } from "./teaching-form.ts";

/** Problems by field, or of the whole `form`: keys of the catalog under `logPatterns.problem`. */
export type TeachingProblems = Record<string, TeachingProblem>;

interface TeachingProblem {
  key: string;
  pattern?: string;
  /** Added to `confirmed` when the person saves in spite of this. */
  confirms?: string;
}

interface AskedPatterns {
  /** The whole new set. */
  set: TaughtPatterns;
  /** What this POS server would be taught then. */
  composed: TaughtPatterns;
  marked: Marked[];
  problems: TeachingProblems;
}

/** The problem that no success would be found, and its confirmation. */
const NO_SUCCESS = "no_success";
/** The answer of an agent to patterns that it refuses. */
const REFUSED = /\binvalid_pattern: \/(?<kind>\w+)\/(?<index>\d+): /;

/** Also finds the problems that need no trial. */
export function checkForm(
  form: TeachingForm,
  kinds: readonly SeenKind[],
  sets: SetsInForce,
  posServerId: number,
): AskedPatterns {
  const marked = listMarked(form, kinds);
  const edited = patternsOf(marked, form.timestamp);
  const patternsIn = (scope: TeachingForm["scope"]) =>
    setOf(sets, scope, posServerId)?.patterns ?? NO_PATTERNS;
  const set =
    form.scope === form.basis ? edited : carryOver(edited, patternsIn(form.basis), patternsIn(form.scope));
  const composed =
    form.scope === "own"
      ? composePatterns(set, sets.ofAll?.patterns ?? null)
      : composePatterns(sets.own.get(posServerId)?.patterns ?? null, set);
  const problems: TeachingProblems = {};
  for (const { pattern, field } of marked) {
    if (pattern.length > MAX_PATTERN_LENGTH) problems[field] ??= { key: "too_long", pattern };
  }
  for (const kind of listOverfull(set, form.scope, sets)) problems[kind] ??= { key: "overfull" };
  const isTimeChosen = set.timestamp !== patternsIn(form.scope).timestamp;
  if (PATTERN_KINDS.every((kind) => set[kind].length === 0) && !isTimeChosen)
    problems.form = { key: "nothing" };
  return { set, composed: withinLimits(composed ?? NO_PATTERNS), marked, problems };
}

function listOverfull(set: TaughtPatterns, scope: TeachingForm["scope"], { ofAll, own }: SetsInForce) {
  const composed =
    scope === "own"
      ? [composePatterns(set, ofAll?.patterns ?? null)]
      : [set, ...[...own.values()].map(({ patterns }) => composePatterns(patterns, set))];
  return new Set(composed.flatMap((patterns) => (patterns ? findOverfull(patterns) : [])));
}

/** Together with those in force. @throws the signal's reason. */
export async function compileAsked(asked: AskedPatterns, signal: AbortSignal): Promise<TeachingProblems> {
  const isMarked = new Set(asked.marked.map(({ pattern }) => pattern));
  const inForce = PATTERN_KINDS.flatMap((kind) => asked.composed[kind]).filter((one) => !isMarked.has(one));
  const sources = [...new Set([...inForce, ...isMarked])];
  const found = await checkPatterns(sources, signal);
  const problems = found.map(({ index, fault }) => problemAt(asked, sources[index] ?? "", fault));
  return Object.assign({}, ...problems.reverse());
}

/** The problem that an agent reports, which may be older or slower than the monitor. */
export function checkRefusal({ detail }: AgentFailure, asked: AskedPatterns): TeachingProblems {
  const refused = REFUSED.exec(detail)?.groups;
  const kind = PATTERN_KINDS.find((one) => one === refused?.kind);
  const pattern = kind && asked.composed[kind][Number(refused?.index)];
  return pattern === undefined ? {} : problemAt(asked, pattern, "refused");
}

/** Patterns in force already have no field in the form. */
function problemAt({ marked }: AskedPatterns, pattern: string, key: string): TeachingProblems {
  const field = marked.find((one) => one.pattern === pattern)?.field ?? "form";
  return { [field]: { key, pattern } };
}

/** The problems that a trial on the log has shown, and what has to be confirmed first. @param kinds those in the log. */
export function checkTrial(
  { succeeded, contradictions, lines }: LogPatternTrial,
  { marked }: Pick<AskedPatterns, "marked">,
  { choices, confirmed }: Pick<TeachingForm, "choices" | "confirmed">,
  kinds: readonly SeenKind[],
): TeachingProblems {
  const problemOf = (key: string, last: LogPatternTrial["failed"]["last"]): TeachingProblems => {
    const found = last && findMarkedBy(marked, "succeeded", last.text);
    return { [found?.field ?? "form"]: { key, ...(found && { pattern: found.pattern }) } };
  };
  if (contradictions.count > 0) return problemOf("contradiction", contradictions.last);
  if (isTooCommon(succeeded.count, lines)) return problemOf("too_common", succeeded.last);
  const bad = kinds.filter(
    (kind) => choices.get(kind.id)?.meaning === "succeeded" && soundsBad(kind) && !confirmed.has(kind.id),
  );
  if (bad.length > 0)
    return Object.fromEntries(bad.map(({ id }) => [`kind-${id}`, { key: "sounds_bad", confirms: id }]));
  // Taking back a time format marks no lines.
  return succeeded.count > 0 || marked.length === 0 || confirmed.has(NO_SUCCESS)
    ? {}
    : { confirmed: { key: NO_SUCCESS, confirms: NO_SUCCESS } };
}

function soundsBad({ text, levels, says }: SeenKind): boolean {
  if (says?.kind === "succeeded") return false;
  const isBad = (level: string) => LEVELS.indexOf(levelOf(level)) >= LEVELS.indexOf("warn");
  return OF_FAILURE.test(text) || levels.some(isBad);
}
