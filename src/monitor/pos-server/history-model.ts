import { acknowledgementInHistory } from "../acknowledgements/acknowledgement-model.ts";
import { exampleOfChange } from "../fleet/cause-example.ts";
import { exampleInWords } from "../fleet/cause-in-words.ts";
import { isProblem } from "../fleet/state.ts";
import type { Flapping } from "../history/availability.ts";
import type { PastAcknowledgement } from "../restaurants/acknowledgements.ts";
import type { StateChange } from "../restaurants/find-pos-server.ts";
import { dayAt } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";

interface KnownHistory {
  changes: readonly StateChange[];
  flappings: readonly Flapping[];
  pastAcknowledgements: readonly PastAcknowledgement[];
}

interface HistoryEntry {
  id: string;
  at: number;
  /** null = it goes on. */
  endedAt: number | null;
  /** null = it is an acknowledgement. */
  state: StateChange["state"] | null;
  label: string;
  cause: ReturnType<typeof causeInWords>;
}

/**
 * The history of a POS server, newest first: states, what flapped as one entry, and acknowledgements.
 * @param changes newest first, like the acknowledgements.
 */
export function historyModel(
  viewer: Viewer,
  { changes, flappings, pastAcknowledgements: acknowledgements }: KnownHistory,
  now: number,
) {
  const { t, format, timeZone } = viewer;
  const entries: HistoryEntry[] = [
    ...acknowledgements.map((acknowledgement) => ({
      ...acknowledgementInHistory(viewer, acknowledgement, now),
      state: null,
    })),
    ...flappings.map((flapping) => flappingEntry(viewer, flapping, now)),
    ...changes
      .map((change, index) => ({ ...change, endedAt: changes[index - 1]?.at ?? null }))
      .filter(({ id }) => !flappings.some(({ ids }) => ids.includes(id)))
      .map(({ endedAt, ...change }) => ({
        id: lineOf(change.id),
        at: change.at,
        endedAt,
        state: change.state,
        label: t(`state.${change.state}`),
        cause: causeInWords(viewer, change),
      })),
  ];
  let shownDay: string | null = null;
  return entries
    .sort((one, other) => other.at - one.at)
    .map(({ id, at, endedAt, state, label, cause }) => {
      const day = dayAt(at, timeZone);
      const isNewDay = day !== shownDay;
      shownDay = day;
      const isGoingOn = endedAt === null;
      return {
        id,
        state,
        label,
        cause,
        isProblem: state !== null && state !== "parked" && isProblem(state),
        day: isNewDay ? format.day(at, now) : null,
        period: t("logRequest.period", {
          from: format.clock(at, at),
          to: isGoingOn ? t("posServer.now") : endInWords(day, endedAt),
        }),
        isGoingOn,
        lasted: isGoingOn
          ? format.lasted(at, now)
          : { text: format.span(at, endedAt), at: format.stamp(at, endedAt) },
      };
    });

  function endInWords(day: string, endedAt: number): string {
    return dayAt(endedAt, timeZone) === day ? format.clock(endedAt, endedAt) : format.time(endedAt, now);
  }
}

/** The id of the entry that shows a transition. */
export function lineOf(id: number, flappings: readonly Flapping[] = []): string {
  return `change-${flappings.find(({ ids }) => ids.includes(id))?.ids[0] ?? id}`;
}

/** «То работает, то нет: 12 раз, всего 9 мин без обмена» */
function flappingEntry({ t, format }: Viewer, flapping: Flapping, now: number): HistoryEntry {
  const { ids, from, to, state, times: count, failedMs, isOfSilence } = flapping;
  const duration = format.duration(failedMs);
  return {
    id: lineOf(ids[0] ?? 0),
    at: from,
    endedAt: to === now ? null : to,
    state,
    label: t(isOfSilence ? "posServer.silences" : "incident.flaps", { count }),
    cause: { text: t(`posServer.together.${isOfSilence ? "silent" : "failed"}`, { duration }), error: null },
  };
}

/** @returns `error` as reported; null = the text says it already. */
function causeInWords(viewer: Viewer, { state, ...change }: StateChange) {
  if (state === "parked") return null;
  const example = exampleOfChange({ state, ...change });
  const isNamed = example.failureCode !== null || (state === "sync_error" && example.text !== "");
  if (!isNamed) return null;
  const { text, detail } = exampleInWords(viewer, example);
  return { text, error: detail };
}
