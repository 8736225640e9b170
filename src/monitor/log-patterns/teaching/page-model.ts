import type { LogPatternTrial } from "../../../protocol/log-patterns.ts";
import { TIME_FORMATS } from "../../../protocol/time-formats.ts";
import { searchText } from "../../database/text.ts";
import { optionsOf } from "../../forms/field-model.ts";
import { agentFailureInWords } from "../../requests/agent-failure.ts";
import type { ShownPosServer } from "../../restaurants/find-pos-server.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { PATTERN_KINDS } from "../sets/compose-patterns.ts";
import { SCOPES, type Scope } from "../sets/pattern-sets.ts";
import type { PatternSet } from "../sets/sets-in-force.ts";
import type { TeachingProblems } from "./check-form.ts";
import { type Asked, isUntimed, type SeenKind, type SeenKinds } from "./seen-kinds.ts";
import { linesOf, type TeachingForm } from "./teaching-form.ts";

const NAMED_CHARACTERS = 80;
const NOTHING = "nothing";
const MAX_UNTIMED = 3;

export interface ShownTeaching {
  posServer: ShownPosServer;
  form: TeachingForm;
  /** The kinds of lines in the log, or why they are unknown. */
  asked: Asked<SeenKinds>;
  problems: TeachingProblems;
  trial: Asked<LogPatternTrial> | null;
  /** The scope that somebody else changed meanwhile; `taught` null = they withdrew the set. */
  meanwhile: { scope: Scope; taught: PatternSet | null } | null;
}

type Sign = "good" | "bad" | "plain";

interface Result {
  sign: Sign;
  text: string;
  line: string | null;
}

export function teachingModel(viewer: Viewer, shown: ShownTeaching, now: number) {
  const { t, format } = viewer;
  const { posServer, form, asked, problems, trial, meanwhile } = shown;
  const url = `/pos-servers/${posServer.id}`;
  const problemOf = (field: string) => {
    const problem = problems[field];
    if (!problem) return null;
    const words = t(`logPatterns.problem.${problem.key}`);
    const isOfMany = !field.startsWith("kind-");
    const pattern = problem.pattern?.slice(0, NAMED_CHARACTERS);
    return isOfMany && pattern ? t("logPatterns.problemOf", { pattern, words }) : words;
  };
  const firstWrong = firstField(problems, asked.ok ? asked.value.kinds : []);
  const seen = asked.ok ? asked.value : null;
  const search = searchText(form.search);
  const kinds = (seen?.kinds ?? []).map((kind) => kindModel(viewer, kind, form, now));
  const isAskedForTime = seen !== null && isUntimed(seen);
  const toConfirm = Object.values(problems).flatMap(({ confirms }) => confirms ?? []);
  const isWrong = (name: string) => problems[name] !== undefined;
  const isShown = (kind: SeenKind, name: string) =>
    isWrong(name) || searchText(kind.text, kind.example).includes(search);
  const rows = kinds.map(({ kind, ...row }) => ({
    ...row,
    problem: problemOf(row.name),
    isFocused: row.name === firstWrong,
    isShown: isShown(kind, row.name),
  }));
  const shownRows = isAskedForTime ? [] : rows.filter((row) => row.isShown);
  const isKnown = new Set(seen?.kinds.map(({ id }) => id));
  return {
    url,
    path: `${url}/log-patterns`,
    trialsPath: `${url}/log-pattern-trials`,
    name: posServer.name,
    organization: posServer.organizationName,
    failure: asked.ok ? null : agentFailureInWords(viewer, asked.failure),
    untimed: isAskedForTime ? t("logPatterns.untimed") : null,
    /** Asked before anything else when no line has a readable time. */
    time:
      isAskedForTime || form.timestamp !== ""
        ? {
            lines: isAskedForTime ? kinds.slice(0, MAX_UNTIMED).map(({ kind }) => kind.example) : [],
            formats: [{ example: t("logPatterns.usualTime"), pattern: "" }, ...TIME_FORMATS].map(
              (format) => ({ ...format, isChosen: format.pattern === form.timestamp }),
            ),
          }
        : null,
    hasProblems: Object.keys(problems).length > 0,
    formProblem: problemOf("form"),
    meanwhile: meanwhile && meanwhileInWords(meanwhile),
    seenAll: form.seen.all ?? "",
    seenOwn: form.seen.own ?? "",
    basis: form.basis,
    search: form.search,
    summary: seen && !isAskedForTime ? extentInWords(viewer, seen) : null,
    found: t("logPatterns.found", {
      shown: format.number(shownRows.length),
      all: format.number(rows.length),
    }),
    foundText: t("logPatterns.found", { shown: "{shown}", all: format.number(rows.length) }),
    rows: shownRows,
    /** Choices for lines that are not shown. */
    hidden: [
      ...rows.filter((row) => !shownRows.includes(row) && row.choice !== NOTHING),
      ...[...form.choices].flatMap(([id, { meaning, text }]) =>
        isKnown.has(id)
          ? []
          : { name: `kind-${id}`, choice: meaning as string, textName: `text-${id}`, text },
      ),
    ],
    meanings: [NOTHING, ...PATTERN_KINDS].map((value) => ({
      value,
      text: t(`logPatterns.meaning.${value}`),
    })),
    areas: PATTERN_KINDS.map((kind) => ({
      name: kind,
      label: t(`logPatterns.area.${kind}`),
      value: form.typed[kind],
      problem: problemOf(kind),
      hint: null,
      describedBy: problems[kind] ? `problem-${kind}` : null,
      isFocused: kind === firstWrong,
      autocomplete: "off",
    })),
    isByHand: PATTERN_KINDS.some((kind) => isWrong(kind) || linesOf(form.typed[kind]).length > 0),
    scopes: optionsOf(
      SCOPES.map((scope) => [scope, t(`logPatterns.for.${scope}`)]),
      form.scope,
    ),
    confirmation:
      toConfirm.length > 0 || form.confirmed.size > 0
        ? {
            problem: problemOf("confirmed"),
            value: [...form.confirmed, ...toConfirm].join(","),
            isChecked: toConfirm.length === 0,
          }
        : null,
    trial: trial && trialOf(trial),
  };

  function meanwhileInWords({ scope, taught }: NonNullable<ShownTeaching["meanwhile"]>): string {
    if (taught === null) {
      return t(`logPatterns.meanwhile.${scope === form.scope ? "takenBack" : "basisTakenBack"}`);
    }
    const by = { name: taught.userName, time: format.clock(taught.taughtAt, now) };
    if (scope !== form.scope) return t("logPatterns.meanwhile.basisTaught", by);
    return t(`logPatterns.meanwhile.${scope === form.basis ? "taught" : "taughtThere"}`, by);
  }

  function trialOf(tried: Asked<LogPatternTrial>) {
    if (!tried.ok) return { failure: agentFailureInWords(viewer, tried.failure), results: [], note: null };
    return { failure: null, ...trialModel(viewer, tried.value, posServer.clockShiftMs ?? 0, now) };
  }
}

function kindModel({ t, format }: Viewer, kind: SeenKind, { choices }: TeachingForm, now: number) {
  const { id, text, levels, count, example, lastAt } = kind;
  return {
    kind,
    name: `kind-${id}`,
    textName: `text-${id}`,
    label: t("logPatterns.meaningOf", { text: text.slice(0, NAMED_CHARACTERS) }),
    text,
    example: example === text ? null : example,
    facts: [
      t("logPatterns.times", { count, times: format.number(count) }),
      ...levels,
      ...(lastAt === null ? [] : [t("logPatterns.lastAt", { time: format.clock(lastAt, now) })]),
    ].join(" · "),
    choice: (choices.get(id)?.meaning ?? NOTHING) as string,
  };
}

function trialModel(viewer: Viewer, trial: LogPatternTrial, clockShiftMs: number, now: number) {
  const { t, format } = viewer;
  const { succeeded, failed, attempted, contradictions } = trial;

  const found = (key: string, sign: Sign, { count, last }: LogPatternTrial["failed"]): Result => ({
    sign,
    text: t(`logPatterns.trial.${key}`, { count, times: format.number(count), when: lastInWords(last) }),
    line: last?.text ?? null,
  });
  const lastInWords = (last: LogPatternTrial["failed"]["last"]): string => {
    if (!last?.at) return "";
    const at = Math.min(Date.parse(last.at) + clockShiftMs, now);
    return t("logPatterns.trial.when", { age: format.duration(now - at) });
  };
  const none = (key: string, sign: Sign): Result => ({
    sign,
    text: t(`logPatterns.trial.${key}`),
    line: null,
  });

  const results = [
    ...(contradictions.count > 0 ? [found("contradictions", "bad", contradictions)] : []),
    succeeded.count > 0 ? found("succeeded", "good", succeeded) : none("noSuccess", "bad"),
    failed.count > 0 ? found("failed", "plain", failed) : none("noFailure", "bad"),
    ...(attempted.count > 0 ? [found("attempted", "plain", attempted)] : []),
  ];
  return { results, note: extentInWords(viewer, trial) };
}

function extentInWords({ t, format }: Viewer, { lines, isCut }: Pick<SeenKinds, "lines" | "isCut">): string {
  return [
    t("logPatterns.lines", { count: lines, lines: format.number(lines) }),
    ...(isCut ? [t("logPatterns.cut")] : []),
    t("logPatterns.clocks"),
  ].join(" ");
}

function firstField(problems: TeachingProblems, kinds: readonly SeenKind[]): string | null {
  const fields: string[] = [...kinds.map(({ id }) => `kind-${id}`), ...PATTERN_KINDS];
  return fields.find((field) => problems[field] !== undefined) ?? null;
}
