import type { Viewer } from "../../viewer/viewer.ts";
import type { OfferedUpdate } from "../rollouts/offered-update.ts";
import { ENROLMENTS_URL, NEW_ROLLOUT_URL, UNKNOWN_VERSION, versionUrl } from "./addresses.ts";
import type { NamedPosServer, UpdatableCount, VersionCount } from "./list-agents.ts";
import { type KnownRollout, rolloutModel } from "./rollout-model.ts";

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
