import type { Db } from "../../database/schema.ts";
import { nextTelling } from "./next-telling.ts";
import type { RuleTerms } from "./rule.ts";
import { readIncidents, seeIncident } from "./see-incidents.ts";

/** More are not looked through for an answer that somebody waits for. */
const MOST_INCIDENTS = 1_000;

/**
 * Counts the open incidents that a rule would tell at `now` (ms UTC), were it there: whatever hours are quiet.
 * @returns `isMore`: there are so many that not all were looked at.
 */
export async function countWouldTell(db: Db, terms: RuleTerms, now: number) {
  const open = await db
    .selectFrom("incident")
    .select("id")
    .where("closed_at", "is", null)
    .orderBy("id", "desc")
    .limit(MOST_INCIDENTS + 1)
    .execute();
  const ids = open.slice(0, MOST_INCIDENTS).map(({ id }) => id);
  let incidents = 0;
  for (const incident of await readIncidents(db, ids, now)) {
    const seen = await seeIncident(db, terms, incident);
    const telling = seen && nextTelling(terms, seen, null, { now, quietUntil: null });
    if (telling?.tell === "opened") incidents++;
  }
  return { incidents, isMore: open.length > MOST_INCIDENTS };
}
