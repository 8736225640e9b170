import { type Choice, fieldsOf } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { StartRefusal } from "../rollouts/decide-rollout.ts";
import type { OfferedUpdate } from "../rollouts/offered-update.ts";
import type { Rollout } from "../rollouts/rollout.ts";
import { updateFailureInWords } from "../rollouts/update-failure.ts";
import { LAST_WAVE, NOBODY, WAVES, type WaveCounts } from "../rollouts/waves.ts";
import { AGENTS_URL } from "./addresses.ts";
import type { NamedPosServer, UnfinishedUpdate } from "./list-agents.ts";

export interface KnownRollout {
  rollout: Rollout;
  waves: readonly WaveCounts[];
  unfinished: readonly UnfinishedUpdate[];
  left: number;
  offered: OfferedUpdate | "absent" | "damaged";
}

export function rolloutModel(viewer: Viewer, known: KnownRollout, now: number) {
  const { t, format } = viewer;
  const { rollout, waves, unfinished, offered } = known;
  const isOffered = typeof offered !== "string" && offered.sha256 === rollout.sha256;
  const counts = waves[rollout.wave - 1] ?? NOBODY;
  const isDone = rollout.wave === LAST_WAVE && known.left === 0 && counts.waiting + counts.sent === 0;
  return {
    title: t("agents.rollout.title", { version: rollout.version }),
    begun: t("agents.rollout.begun", { time: format.time(rollout.startedAt, now), name: rollout.userName }),
    standing: standing(),
    isStopped: rollout.stoppedAt !== null,
    problem: isOffered || rollout.stoppedAt !== null || isDone ? null : t("agents.rollout.notOffered"),
    waves: WAVES.map((name, index) => waveInWords(name, index + 1)),
    unfinished: unfinished.map((update) => ({
      name: update.name,
      organization: update.organizationName,
      url: `/pos-servers/${update.id}`,
      isFailed: update.state === "failed",
      text: updateInWords(update),
      since: { iso: new Date(update.stateSince).toISOString(), text: format.time(update.stateSince, now) },
    })),
    stopPath: rollout.stoppedAt === null && !isDone ? `${AGENTS_URL}/rollouts/${rollout.id}/stops` : null,
    continuePath: rollout.stoppedAt === null ? null : `${AGENTS_URL}/rollouts/${rollout.id}/continuations`,
  };

  function standing(): string {
    const { stoppedAt, stoppedBy } = rollout;
    if (stoppedAt === null) return t(isDone ? "agents.rollout.done" : "agents.rollout.running");
    const time = format.time(stoppedAt, now);
    return stoppedBy === null
      ? t("agents.rollout.stoppedByFailures", { time })
      : t("agents.rollout.stopped", { time, name: stoppedBy });
  }

  function waveInWords(name: (typeof WAVES)[number], wave: number) {
    const { waiting, sent, done, failed } = waves[wave - 1] ?? NOBODY;
    const isCurrent = wave === rollout.wave;
    const left = isCurrent && wave === LAST_WAVE ? known.left : 0;
    const counted = [
      ["updated", done],
      ["underWay", sent],
      ["waiting", waiting],
      ["failed", failed],
      ["left", left],
    ] as const;
    const parts = counted
      .filter(([, count]) => count > 0)
      .map(([word, count]) => t(`agents.wave.${word}`, { count, number: format.number(count) }));
    return {
      name: t(`agents.wave.name.${name}`),
      isCurrent: isCurrent && !isDone,
      text: parts.join(", ") || t(`agents.wave.${whyNobody(wave)}`),
    };
  }

  function whyNobody(wave: number): "toCome" | "away" | "empty" {
    if (wave > rollout.wave) return "toCome";
    return wave === rollout.wave && known.left > 0 ? "away" : "empty";
  }

  function updateInWords({ state, failureCode, failureDetail, againAt }: UnfinishedUpdate): string {
    if (state === "sent") return t("agents.update.sent");
    const failure =
      failureCode === null
        ? null
        : updateFailureInWords(viewer, { code: failureCode, detail: failureDetail });
    if (state === "failed") return failure ?? "";
    if (failure === null || againAt === null) return t("agents.update.waiting");
    return t("agents.update.waitingFor", { failure, time: format.clock(againAt, now) });
  }
}

/** `other_version`: another one has been offered since the form was opened. */
export type StartProblem = StartRefusal | "other_version";

export function newRolloutModel(
  { t, format }: Viewer,
  known: {
    offered: OfferedUpdate;
    updatable: { all: number };
    possibleFirst: readonly NamedPosServer[];
  },
  { first, problem }: { first: string; problem: StartProblem | null },
) {
  const { offered, updatable, possibleFirst } = known;
  const isOfField = problem === "not_candidate";
  const field = fieldsOf(t, {
    typed: { first },
    problems: isOfField ? { first: `agents.problem.${problem}` } : {},
  });
  return {
    section: "settings",
    title: t("agents.new.title", { version: offered.version }),
    subtitle: t("agents.new.subtitle", { count: updatable.all, number: format.number(updatable.all) }),
    version: offered.version,
    problem:
      problem === null || isOfField ? null : t(`agents.problem.${problem}`, { version: offered.version }),
    path: `${AGENTS_URL}/rollouts`,
    backUrl: AGENTS_URL,
    steps: WAVES.map((wave) => t(`agents.new.step.${wave}`)),
    first: field("first", {
      label: t("agents.new.first"),
      hint: t("agents.new.firstHint"),
      choices: [
        ["", t("agents.new.any")],
        ...possibleFirst.map(({ id, ...one }): Choice => [id, `${one.name} · ${one.organizationName}`]),
      ],
    }),
  };
}
