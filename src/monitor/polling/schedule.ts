/** So many failed polls in a row; then a POS server is polled less often. */
export const BACK_OFF_AFTER_POLLS = 5;
const BACK_OFF_INTERVAL_MS = 5 * 60_000;
/** Those that fell silent together are asked in turn: they begin to be polled less often in so many groups. */
const BACK_OFF_GROUPS = 5;
/** For each that answers again, so many others are polled at once, since they may be back together. */
const ASKED_FOR_EACH = 10;
const MOST_ASKED_AT_ONCE = 500;
/** After so late a tick (the process slept) overdue polls are spread anew, not all started at once. */
const PAUSE_MS = 15_000;

interface ScheduleEntry {
  readonly id: number;
  intervalMs: number;
  failedPolls: number;
  /** ms UTC; while it is being polled: when it was due. */
  dueAt: number;
  isBeingPolled: boolean;
  isDueAgain: boolean;
}

export type Schedule = ReturnType<typeof createSchedule>;

/** Decides when each POS server is polled next: evenly spread over the interval, never twice at once. Times in ms UTC. */
export function createSchedule() {
  const entries = new Map<number, ScheduleEntry>();
  /** Ids by the second in which they are due; outdated ones are skipped then. */
  const buckets = new Map<number, number[]>();
  /** Ids that are polled less often, those asked longest ago first. */
  const rare = new Set<number>();
  let toAsk = 0;
  let nextSecond = 0;
  let lastTickAt = 0;

  function enqueue(entry: ScheduleEntry, dueAt: number): void {
    entry.dueAt = dueAt;
    entry.isBeingPolled = false;
    const second = Math.max(Math.floor(dueAt / 1000), nextSecond);
    const bucket = buckets.get(second);
    if (bucket) bucket.push(entry.id);
    else buckets.set(second, [entry.id]);
  }

  /** @param firstPosition 0 = the first is due now; 1 = the last is due an interval later. */
  function spread(ids: number[], now: number, firstPosition: 0 | 1 = 0): void {
    ids.forEach((id, index) => {
      const entry = entries.get(id);
      const share = (index + firstPosition) / ids.length;
      if (entry) enqueue(entry, now + Math.floor(share * entry.intervalMs));
    });
  }

  function askRare(now: number): void {
    for (const id of rare) {
      if (toAsk-- <= 0) break;
      rare.delete(id);
      const entry = entries.get(id);
      if (entry && !entry.isBeingPolled) enqueue(entry, now);
    }
    toAsk = 0;
  }

  function nextIntervalMs({ id, intervalMs, failedPolls }: ScheduleEntry, isConnected: boolean): number {
    const wasRare = rare.delete(id);
    if (failedPolls < BACK_OFF_AFTER_POLLS || isConnected) return intervalMs;
    rare.add(id);
    const share = wasRare ? 1 : (1 + (id % BACK_OFF_GROUPS)) / BACK_OFF_GROUPS;
    return Math.max(intervalMs, share * BACK_OFF_INTERVAL_MS);
  }

  function takeOverdue(now: number): number[] {
    const lastSecond = Math.floor(now / 1000);
    const seconds = [...buckets.keys()].filter((second) => second <= lastSecond).sort((a, b) => a - b);
    const overdue: number[] = [];
    for (const second of seconds) {
      for (const id of buckets.get(second) ?? []) {
        const entry = entries.get(id);
        if (!entry || entry.isBeingPolled || Math.floor(entry.dueAt / 1000) > lastSecond) continue;
        entry.isBeingPolled = true;
        overdue.push(id);
      }
      buckets.delete(second);
    }
    nextSecond = lastSecond + 1;
    return overdue;
  }

  return {
    /** Takes the registry over: new ones start within their first interval. */
    setEntries(wanted: { id: number; intervalMs: number; failedPolls: number }[], now: number): void {
      if (nextSecond === 0) {
        nextSecond = Math.floor(now / 1000);
        lastTickAt = now;
      }
      const wantedIds = new Set(wanted.map(({ id }) => id));
      for (const id of entries.keys()) if (!wantedIds.has(id)) entries.delete(id);

      const added: number[] = [];
      const hastened: number[] = [];
      for (const { id, intervalMs, failedPolls } of wanted) {
        const entry = entries.get(id);
        if (entry) {
          entry.intervalMs = intervalMs;
          if (!entry.isBeingPolled && entry.dueAt > now + intervalMs && failedPolls < BACK_OFF_AFTER_POLLS) {
            hastened.push(id);
          }
        } else {
          entries.set(id, {
            id,
            intervalMs,
            failedPolls,
            dueAt: now,
            isBeingPolled: false,
            isDueAgain: false,
          });
          added.push(id);
        }
      }
      spread(added, now);
      spread(hastened, now, 1);
    },

    /** Takes the due ids, longest overdue first; each counts as being polled until `finish`. */
    takeDue(now: number): number[] {
      const hasSlept = now - lastTickAt > PAUSE_MS;
      lastTickAt = now;
      if (Math.floor(now / 1000) < nextSecond - 1) resetAfterClockJump(now);
      askRare(now);
      const overdue = takeOverdue(now);
      if (hasSlept) {
        spread(overdue, now);
        return [];
      }
      return overdue;
    },

    /**
     * Gives one back: it is due a whole number of intervals later, or at once if it was made due meanwhile.
     * @param isConnected its agent is connected, so that failures make it no rarer.
     */
    finish(id: number, failedPolls: number, now: number, isConnected = false): void {
      const entry = entries.get(id);
      if (!entry) return;
      if (failedPolls === 0 && entry.failedPolls >= BACK_OFF_AFTER_POLLS)
        toAsk = Math.min(toAsk + ASKED_FOR_EACH, MOST_ASKED_AT_ONCE);
      entry.failedPolls = failedPolls;
      const intervalMs = nextIntervalMs(entry, isConnected);
      if (entry.isDueAgain) {
        entry.isDueAgain = false;
        enqueue(entry, now);
        return;
      }
      // It lies ahead when the clock was set back.
      const wasDueAt = Math.min(entry.dueAt, now);
      const missed = Math.floor((now - wasDueAt) / intervalMs);
      enqueue(entry, wasDueAt + (missed + 1) * intervalMs);
    },

    /** Due at once; one that is being polled, right after that poll, which may be outdated. */
    makeDue(id: number, now: number): void {
      const entry = entries.get(id);
      if (entry?.isBeingPolled) entry.isDueAgain = true;
      else if (entry) enqueue(entry, now);
    },

    /** It answered in another way: due within its interval again. */
    recover(id: number, now: number): void {
      const entry = entries.get(id);
      if (!entry) return;
      entry.failedPolls = 0;
      if (!entry.isBeingPolled && entry.dueAt > now + entry.intervalMs)
        enqueue(entry, now + entry.intervalMs);
    },

    failedPolls: (id: number) => entries.get(id)?.failedPolls ?? 0,
    /** While it answers; 0 = unknown id. */
    intervalMs: (id: number) => entries.get(id)?.intervalMs ?? 0,
    dueAt: (id: number) => entries.get(id)?.dueAt ?? Number.POSITIVE_INFINITY,
    isBeingPolled: (id: number) => entries.get(id)?.isBeingPolled ?? false,
  };

  function resetAfterClockJump(now: number): void {
    buckets.clear();
    nextSecond = Math.floor(now / 1000);
    const ids = [...entries.values()].filter((entry) => !entry.isBeingPolled).map((entry) => entry.id);
    spread(ids, now);
  }
}
