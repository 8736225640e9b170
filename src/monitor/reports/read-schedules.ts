import { LRUCache } from "lru-cache";
import type { Db } from "../database/schema.ts";
import { readStored, type StoredHours, scheduleOf } from "../fleet/opening-hours/opening-hours.ts";
import { openSpans, type Schedule } from "../fleet/opening-hours/schedule.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";

/** When a restaurant is open within a span of time, oldest first. */
export type OpenSpans = (within: TimeSpan) => TimeSpan[];

/** In force until `untilAt`. */
type HoursVersion = StoredHours & { untilAt: number };

/** Most restaurants share theirs. */
const MAX_KEPT = 1_000;

/** All opening hours, and for past times those that were in force then. */
export async function readSchedules(db: Db) {
  const columns = ["organizationId", "posServerId", "timeZone", "hours", "works"] as const;
  const past = await db
    .selectFrom("pastOpeningHours")
    .select([...columns, "untilAt"])
    .orderBy("untilAt")
    .execute();
  const present = await db.selectFrom("openingHours").select(columns).execute();
  const versions = [...past, ...present.map((hours) => ({ ...hours, untilAt: Number.POSITIVE_INFINITY }))];
  const ofOrganizations = Map.groupBy(versions, ({ organizationId }) => organizationId);
  const ofPosServers = Map.groupBy(versions, ({ posServerId }) => posServerId);
  const kept = new LRUCache<string, TimeSpan[]>({ max: MAX_KEPT });

  function openSpansBy(schedule: Schedule | null): OpenSpans {
    if (!schedule) return (within) => [within];
    return (within) => {
      const key = JSON.stringify([schedule, within]);
      const spans = kept.get(key) ?? openSpans(schedule, within);
      kept.set(key, spans);
      return spans;
    };
  }

  /** What a POS server has of its own, the oldest first. */
  function ownOf(posServerId: number): HoursVersion[] {
    return ofPosServers.get(posServerId) ?? [];
  }

  /** Those of an organization's POS server that has these of its own. */
  function openSpansOf(organizationId: number, own: readonly HoursVersion[]): OpenSpans {
    const shared = ofOrganizations.get(organizationId) ?? [];
    if (own.length + shared.length === 0) return openSpansBy(null);
    const changedAt = [...own, ...shared].map(({ untilAt }) => untilAt).sort((one, other) => one - other);
    return ({ from, to }) => {
      const bounds = [from, ...changedAt.filter((at) => at > from && at < to), to];
      return bounds.slice(1).flatMap((until, index) => {
        const within = { from: bounds[index] ?? from, to: until };
        const schedule = scheduleOf({
          own: readStored(inForce(own, within.from)),
          ofOrganization: readStored(inForce(shared, within.from)),
        });
        return openSpansBy(schedule)(within);
      });
    };
  }

  return { openSpansOf, ownOf };
}

function inForce(versions: readonly HoursVersion[], at: number): HoursVersion | undefined {
  return versions.find(({ untilAt }) => at < untilAt);
}
