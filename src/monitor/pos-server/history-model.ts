import { causeOf } from "../fleet/causes.ts";
import type { StateChange } from "../fleet/find-pos-server.ts";
import { isProblem } from "../fleet/state.ts";
import { FAILURE_CODES } from "../pos-client/failure.ts";
import { dayAt } from "../viewer/local-days.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords } from "../viewer/with-detail.ts";

const MINUTE_MS = 60_000;

/**
 * The history of a POS server, newest first: each state with its cause, from – to, and how long it lasted.
 * @param changes newest first.
 */
export function historyModel(viewer: Viewer, changes: readonly StateChange[], now: number) {
  const { t, format, timeZone } = viewer;
  let shownDay: string | null = null;
  return changes.map((change, index) => {
    const next = changes[index - 1];
    const end = next?.at ?? now;
    const day = dayAt(change.at, timeZone);
    const isNewDay = day !== shownDay;
    shownDay = day;
    return {
      id: `change-${change.id}`,
      state: change.state,
      isProblem: change.state !== "parked" && isProblem(change.state),
      label: t(`state.${change.state}`),
      day: isNewDay ? format.day(change.at, now) : null,
      cause: causeInWords(viewer, change),
      period: t("posServer.period", {
        from: format.clock(change.at, change.at),
        to: next ? endInWords() : t("posServer.now"),
      }),
      lasted: next
        ? { ...lastedInWords(format, change.at, end), isGoingOn: false }
        : { ...format.lasted(change.at, end), isGoingOn: true },
    };

    function endInWords(): string {
      return dayAt(end, timeZone) === day ? format.clock(end, end) : format.time(end, now);
    }
  });
}

/** What is over is not «только что». */
function lastedInWords(format: Viewer["format"], from: number, to: number) {
  const lasted = format.lasted(from, to);
  return to - from < MINUTE_MS ? { ...lasted, text: format.elapsed(to - from) } : lasted;
}

/** `error`: as it was reported, where the words are others; null = they say all. */
interface CauseInWords {
  text: string;
  error: string | null;
}

function causeInWords({ t }: Viewer, { state, causeKey, detail }: StateChange): CauseInWords | null {
  if (state === "unreachable") {
    const code = FAILURE_CODES.find((known) => causeKey?.startsWith(`${known}:`));
    if (code) return { text: t(`failure.${code}`), error: detail && detailInWords(t, detail) };
  }
  if (state !== "sync_error" || !detail) return null;
  const cause = causeOf({ state, syncError: detail, serviceState: null, lastSyncAt: null });
  // The others have no better words than the error itself.
  if (cause === "database_damaged")
    return { text: t("posServer.historyCause.database_damaged"), error: detail };
  return { text: detail, error: null };
}
