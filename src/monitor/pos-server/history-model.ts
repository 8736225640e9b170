import { acknowledgementInHistory } from "../acknowledgements/acknowledgement-model.ts";
import { exampleOfChange } from "../fleet/cause-example.ts";
import { exampleInWords } from "../fleet/cause-in-words.ts";
import { isProblem } from "../fleet/state.ts";
import type { PastAcknowledgement } from "../restaurants/acknowledgements.ts";
import type { StateChange } from "../restaurants/find-pos-server.ts";
import { dayAt } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";

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

/** The history of a POS server, newest first, with states and acknowledgements. @param changes newest first, like the acknowledgements. */
export function historyModel(
  viewer: Viewer,
  changes: readonly StateChange[],
  acknowledgements: readonly PastAcknowledgement[],
  now: number,
) {
  const { t, format, timeZone } = viewer;
  const entries: HistoryEntry[] = [
    ...acknowledgements.map((acknowledgement) => ({
      ...acknowledgementInHistory(viewer, acknowledgement, now),
      state: null,
    })),
    ...changes.map((change, index) => ({
      id: `change-${change.id}`,
      at: change.at,
      endedAt: changes[index - 1]?.at ?? null,
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

/** @returns `error` as reported; null = the text says it already. */
function causeInWords(viewer: Viewer, { state, ...change }: StateChange) {
  if (state === "parked") return null;
  const example = exampleOfChange({ state, ...change });
  const isNamed = example.failureCode !== null || (state === "sync_error" && example.text !== "");
  if (!isNamed) return null;
  const { text, detail } = exampleInWords(viewer, example);
  return { text, error: detail };
}
