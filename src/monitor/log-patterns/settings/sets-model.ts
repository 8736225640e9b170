import type { Confirmation } from "../../forms/field-model.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { PATTERN_KINDS } from "../sets/compose-patterns.ts";
import type { ListedSet } from "../sets/pattern-sets.ts";
import type { countTaken, SetsInForce } from "../sets/sets-in-force.ts";

export const SETS_URL = "/settings/log-patterns";

interface KnownSets {
  listed: readonly ListedSet[];
  inForce: SetsInForce;
  counts: Awaited<ReturnType<typeof countTaken>>;
}

export function setsModel(viewer: Viewer, { listed, inForce, counts }: KnownSets, now: number) {
  const { t, format } = viewer;
  const inForceIds = new Set([inForce.ofAll, ...inForce.own.values()].map((set) => set?.id));
  const time = (at: number) => ({ iso: new Date(at).toISOString(), text: format.time(at, now) });
  return {
    sets: listed.map((set) => {
      const isInForce = inForceIds.has(set.id);
      const scope = scopeInWords(viewer, set);
      return {
        scope,
        posServerUrl: set.posServerId === null ? null : `/pos-servers/${set.posServerId}`,
        userName: set.userName,
        taughtAt: time(set.taughtAt),
        sourceName: set.sourceName,
        sourceUrl: set.sourceId === null ? null : `/pos-servers/${set.sourceId}`,
        isInForce,
        standing: standingOf(set, isInForce),
        patterns: [
          ...PATTERN_KINDS.map((kind) => ({
            title: t(`logPatterns.meaning.${kind}`),
            patterns: set.patterns[kind],
          })),
          { title: t("logPatterns.time"), patterns: [set.patterns.timestamp ?? []].flat() },
        ].filter(({ patterns }) => patterns.length > 0),
        count: t("logPatterns.sets.patterns", {
          count: PATTERN_KINDS.reduce(
            (sum, kind) => sum + set.patterns[kind].length,
            set.patterns.timestamp ? 1 : 0,
          ),
        }),
        takeBackUrl: isInForce ? `${SETS_URL}/${set.id}/withdrawal/new` : null,
        takeBackLabel: t("logPatterns.sets.takeBackNamed", { scope }),
      };
    }),
  };

  function standingOf(set: ListedSet, isInForce: boolean): string {
    if (set.takenBackAt !== null) {
      const when = format.time(set.takenBackAt, now);
      return t("logPatterns.sets.takenBack", { time: when, name: set.takenBackBy });
    }
    if (!isInForce) return t("logPatterns.sets.replaced");
    if (set.posServerId !== null)
      return t(
        counts.takenOwn.has(set.posServerId) ? "logPatterns.sets.takenByIt" : "logPatterns.sets.notTakenYet",
      );
    const { taken, canBeTaught, withoutAgent } = counts;
    const numbers = { taken: format.number(taken), all: format.number(canBeTaught) };
    return [
      t("logPatterns.sets.taken", numbers),
      ...(withoutAgent > 0 ? [t("logPatterns.sets.withoutAgent", { count: withoutAgent })] : []),
    ].join(" ");
  }
}

/** The confirmation for withdrawing a set, which changes what agents read at once. */
export function withdrawalConfirmation(
  viewer: Viewer,
  set: Pick<ListedSet, "id" | "posServerId" | "posServerName">,
  before: Pick<ListedSet, "userName" | "taughtAt"> | null,
  now: number,
): Confirmation {
  const { t, format } = viewer;
  return {
    title: t("logPatterns.withdrawal.title"),
    subtitle: scopeInWords(viewer, set),
    texts: [
      before
        ? t("logPatterns.withdrawal.before", {
            time: format.time(before.taughtAt, now),
            name: before.userName,
          })
        : t("logPatterns.withdrawal.nothing"),
      t("logPatterns.withdrawal.wayBack"),
    ],
    problem: null,
    path: `${SETS_URL}/${set.id}/withdrawal`,
    sends: { name: "withdrawn", value: "yes" },
    submit: t("logPatterns.withdrawal.submit"),
    isDanger: false,
    backUrl: SETS_URL,
  };
}

function scopeInWords(
  { t }: Viewer,
  { posServerId, posServerName }: Pick<ListedSet, "posServerId" | "posServerName">,
): string {
  return posServerId === null ? t("logSearch.place.all") : (posServerName ?? "");
}
