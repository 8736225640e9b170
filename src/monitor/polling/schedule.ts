/** So many polls failed in a row, and it is polled less often. */
export const BACK_OFF_AFTER_POLLS = 5;
const BACK_OFF_INTERVAL_MS = 5 * 60_000;
/** A tick this late means that the process slept: what is overdue is spread anew instead of being polled at once. */
const PAUSE_MS = 15_000;

/** What the schedule knows of one POS server. */
export interface ScheduleEntry {
  readonly id: number;
  intervalMs: number;
  /** Polls that failed in a row. */
  failedPolls: number;
  /** ms UTC: when it is due, or was while it is away. */
  dueAt: number;
  /** Taken and not yet given back: it is being polled. */
  isAway: boolean;
  /** It was hurried while it was away. */
  isHurried: boolean;
}

/** When each POS server is polled next: spread evenly over the interval, never twice at once. */
export interface Schedule {
  /** Takes over the registry: new ones start within their first interval, removed ones are dropped. */
  setEntries(entries: { id: number; intervalMs: number; failedPolls: number }[], now: number): void;
  /** Takes the ids that are due, longest overdue first; each is away until `finish` is called. */
  takeDue(now: number): number[];
  /**
   * Gives one back with the number of polls that failed in a row; it is due again a whole number of intervals later, or at once if it was hurried
   * meanwhile. @param isThere its agent is connected: it is not polled less often.
   */
  finish(id: number, failedPolls: number, now: number, isThere?: boolean): void;
  /** Makes one due at once; one that is away, as soon as it is given back, as what it was asked may be out of date. */
  hurry(id: number, now: number): void;
  /** One that was polled beside the schedule has answered: it is due within its interval again, however long it failed. */
  recover(id: number, now: number): void;
  failedPolls(id: number): number;
  /** How often it is due while it answers; 0 = it is not known here. */
  intervalMs(id: number): number;
  /** ms UTC: when it is, or was, due. */
  dueAt(id: number): number;
  isAway(id: number): boolean;
}

export function createSchedule(): Schedule {
  const entries = new Map<number, ScheduleEntry>();
  /** Ids by the second in which they are due. A stale id stays until its second comes and is skipped then. */
  const buckets = new Map<number, number[]>();
  let nextSecond = 0;
  let lastTickAt = 0;

  function enqueue(entry: ScheduleEntry, dueAt: number): void {
    entry.dueAt = dueAt;
    entry.isAway = false;
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

  function takeOverdue(now: number): number[] {
    const lastSecond = Math.floor(now / 1000);
    const seconds = [...buckets.keys()].filter((second) => second <= lastSecond).sort((a, b) => a - b);
    const overdue: number[] = [];
    for (const second of seconds) {
      for (const id of buckets.get(second) ?? []) {
        const entry = entries.get(id);
        if (!entry || entry.isAway || Math.floor(entry.dueAt / 1000) > lastSecond) continue;
        entry.isAway = true;
        overdue.push(id);
      }
      buckets.delete(second);
    }
    nextSecond = lastSecond + 1;
    return overdue;
  }

  return {
    setEntries(wanted, now) {
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
          if (!entry.isAway && entry.dueAt > now + intervalMs && failedPolls < BACK_OFF_AFTER_POLLS) {
            hastened.push(id);
          }
        } else {
          entries.set(id, { id, intervalMs, failedPolls, dueAt: now, isAway: false, isHurried: false });
          added.push(id);
        }
      }
      spread(added, now);
      spread(hastened, now, 1);
    },

    takeDue(now) {
      const hasSlept = now - lastTickAt > PAUSE_MS;
      lastTickAt = now;
      if (Math.floor(now / 1000) < nextSecond - 1) resetAfterClockJump(now);
      const overdue = takeOverdue(now);
      if (hasSlept) {
        spread(overdue, now);
        return [];
      }
      return overdue;
    },

    finish(id, failedPolls, now, isThere = false) {
      const entry = entries.get(id);
      if (!entry) return;
      entry.failedPolls = failedPolls;
      if (entry.isHurried) {
        entry.isHurried = false;
        enqueue(entry, now);
        return;
      }
      const intervalMs =
        failedPolls >= BACK_OFF_AFTER_POLLS && !isThere
          ? Math.max(entry.intervalMs, BACK_OFF_INTERVAL_MS)
          : entry.intervalMs;
      // Later than now when the clock was set back meanwhile.
      const wasDueAt = Math.min(entry.dueAt, now);
      const missed = Math.floor((now - wasDueAt) / intervalMs);
      enqueue(entry, wasDueAt + (missed + 1) * intervalMs);
    },

    hurry(id, now) {
      const entry = entries.get(id);
      if (entry?.isAway) entry.isHurried = true;
      else if (entry) enqueue(entry, now);
    },

    recover(id, now) {
      const entry = entries.get(id);
      if (!entry) return;
      entry.failedPolls = 0;
      if (!entry.isAway && entry.dueAt > now + entry.intervalMs) enqueue(entry, now + entry.intervalMs);
    },

    failedPolls: (id) => entries.get(id)?.failedPolls ?? 0,
    intervalMs: (id) => entries.get(id)?.intervalMs ?? 0,
    dueAt: (id) => entries.get(id)?.dueAt ?? Number.POSITIVE_INFINITY,
    isAway: (id) => entries.get(id)?.isAway ?? false,
  };

  /** The clock was set back: what waits for a time far ahead is spread over its interval again. */
  function resetAfterClockJump(now: number): void {
    buckets.clear();
    nextSecond = Math.floor(now / 1000);
    spread(
      [...entries.values()].filter((entry) => !entry.isAway).map((entry) => entry.id),
      now,
    );
  }
}
