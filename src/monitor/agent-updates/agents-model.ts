import { type Choice, fieldsOf } from "../forms/field-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { StartRefusal } from "./decide-rollout.ts";
import type { NamedPosServer, UnfinishedUpdate, UpdatableCount, VersionCount } from "./find-agents.ts";
import type { OfferedUpdate } from "./offered-update.ts";
import type { Rollout, UpdateCounts } from "./rollout.ts";
import { updateFailureInWords } from "./update-failure.ts";

export const AGENTS_URL = "/agents";
/** Where agents are shown, those that wait among them. */
export const ENROLMENTS_URL = "/enrolments";
export const NEW_ROLLOUT_URL = `${AGENTS_URL}/rollouts/new`;
/** In addresses: agents that do not report their version. */
export const UNKNOWN_VERSION = "unknown";

const NOTHING = "—";

interface KnownAgents {
  versions: readonly VersionCount[];
  offered: OfferedUpdate | "absent" | "damaged";
  folder: string;
  updatable: UpdatableCount | null;
  rollout: KnownRollout | null;
  /** The version whose POS servers are listed; empty = none. */
  chosen: string;
}

/** The part of «Агенты» that refreshes: the offered update, its progress, and the versions in use. */
export function agentsModel(viewer: Viewer, known: KnownAgents, now: number) {
  const { t, format } = viewer;
  const { versions, offered, folder, updatable, rollout, chosen } = known;
  return {
    offer: offerInWords(),
    rollout: rollout && rolloutModel(viewer, rollout, now),
    versions: versions.map(({ version, posServers, platforms, takeUpdates }) => ({
      version: version ?? t("posServers.versionUnknown"),
      isChosen: (version ?? UNKNOWN_VERSION) === chosen,
      url: versionUrl(version),
      posServers: format.number(posServers),
      platforms:
        platforms.length === 1
          ? (platforms[0]?.platform ?? NOTHING)
          : platforms.map((one) => `${one.platform}: ${format.number(one.posServers)}`).join(", ") || NOTHING,
      updates: updatesInWords({ posServers, platforms, takeUpdates }),
    })),
  };

  function updatesInWords({ posServers, platforms, takeUpdates }: Omit<VersionCount, "version">): string {
    if (takeUpdates === posServers) return t("agents.fromHere");
    if (takeUpdates > 0) {
      const numbers = { number: format.number(takeUpdates), all: format.number(posServers) };
      return t("agents.someFromHere", numbers);
    }
    const isAnyWindows = platforms.some(({ platform }) => platform.startsWith("win32-"));
    return isAnyWindows ? t("agents.byPackage") : NOTHING;
  }

  function offerInWords() {
    if (typeof offered === "string")
      return {
        title: t(`agents.offer.${offered}`, { folder }),
        text: offered === "absent" ? t("agents.offer.absentText") : null,
        isProblem: offered === "damaged",
        start: null,
      };
    const { version, size } = offered;
    const isBegun = rollout?.rollout.sha256 === offered.sha256;
    if (updatable === null || (isBegun && rollout.rollout.stoppedAt === null)) return null;
    return {
      title: t("agents.offer.title", { version, size: format.bytes(size) }),
      text: takersInWords(updatable),
      isProblem: false,
      start:
        updatable.answering === 0
          ? null
          : // A stopped one is usually continued, but can be started again with another first POS server.
            {
              url: NEW_ROLLOUT_URL,
              text: t(`agents.offer.${isBegun ? "again" : "start"}`),
              isMain: !isBegun,
            },
    };
  }

  function takersInWords({ all, answering }: UpdatableCount): string {
    if (all === 0) return t("agents.offer.nobody");
    const numbers = { number: format.number(all), answering: format.number(answering) };
    return t("agents.offer.takers", { count: all, ...numbers });
  }
}

export function ofVersionModel(
  { t, format }: Viewer,
  version: string | null,
  { posServers, total }: { posServers: readonly NamedPosServer[]; total: number },
) {
  return {
    title: version === null ? t("agents.ofUnknownVersion") : t("agents.ofVersion", { version }),
    posServers: posServers.map(({ id, name, organizationName }) => ({
      url: `/pos-servers/${id}`,
      name,
      organization: organizationName,
    })),
    more:
      total > posServers.length
        ? t("agents.shownFirst", { shown: format.number(posServers.length), all: format.number(total) })
        : null,
    closeUrl: ENROLMENTS_URL,
  };
}

export function versionUrl(version: string | null): string {
  const query = new URLSearchParams({ version: version ?? UNKNOWN_VERSION });
  return `${ENROLMENTS_URL}?${query}#agents-of-version`;
}

export interface KnownRollout {
  rollout: Rollout;
  counts: UpdateCounts;
  unfinished: readonly UnfinishedUpdate[];
  /** POS servers that have not been sent it, away ones too. */
  left: number;
  offered: OfferedUpdate | "absent" | "damaged";
}

function rolloutModel(viewer: Viewer, known: KnownRollout, now: number) {
  const { t, format } = viewer;
  const { rollout, counts, unfinished, offered } = known;
  const isOffered = typeof offered !== "string" && offered.sha256 === rollout.sha256;
  const isProven = counts.done > 0;
  const isDone = isProven && known.left + counts.waiting + counts.sent === 0;
  return {
    title: t("agents.rollout.title", { version: rollout.version }),
    begun: t("agents.rollout.begun", { time: format.time(rollout.startedAt, now), name: rollout.userName }),
    standing: standing(),
    isStopped: rollout.stoppedAt !== null,
    problem: isOffered || rollout.stoppedAt !== null || isDone ? null : t("agents.rollout.notOffered"),
    progress: progressInWords(),
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
    if (stoppedAt === null) return t(`agents.rollout.${isDone ? "done" : isProven ? "running" : "first"}`);
    const time = format.time(stoppedAt, now);
    return stoppedBy === null
      ? t("agents.rollout.stoppedByFailures", { time })
      : t("agents.rollout.stopped", { time, name: stoppedBy });
  }

  function progressInWords(): string {
    const counted = [
      ["updated", counts.done],
      ["underWay", counts.sent],
      ["waiting", counts.waiting],
      ["failed", counts.failed],
      ["left", known.left],
    ] as const;
    return counted
      .filter(([, count]) => count > 0)
      .map(([word, count]) => t(`agents.progress.${word}`, { count, number: format.number(count) }))
      .join(", ");
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
