import type { Db } from "../../database/schema.ts";
import { inBatches, inTransaction } from "../../database/transaction.ts";
import { queueTroubleChanges } from "../../restaurants/queue-changes.ts";
import { NO_ANSWER } from "../cause-example.ts";
import { UNKNOWN_STATES } from "../state.ts";
import { keepCommonIncidents } from "./common-incidents.ts";
import { readCrowdSize } from "./crowds.ts";
import { endQuietIncidents } from "./end-quiet-incidents.ts";
import { keepTroubles } from "./keep-troubles.ts";

const BATCH_POS_SERVERS = 500;

/** Opens, joins, reopens and closes incidents by the queued changes of POS servers, at `now` (ms UTC). */
export async function keepIncidents(db: Db, now: number): Promise<void> {
  const pastIds = await queuePast(db);
  const queued = await db.selectFrom("troubleChange").select("posServerId").limit(1).executeTakeFirst();
  if (queued) {
    const enough = await readCrowdSize(db);
    const joinable = await inTransaction(db, (trx) => keepCommonIncidents(trx, enough, now));
    await inBatches(BATCH_POS_SERVERS, (limit) =>
      inTransaction(db, (trx) => keepTroubles(trx, { joinable, pastIds, enough, limit, now })),
    );
  }
  await endQuietIncidents(db, now);
}

/**
 * Finds the common incidents about the exchange whose cause nobody has any more, and queues those that still fail in them,
 * by trouble of their own. Silent ones may still have the cause.
 */
async function queuePast(db: Db): Promise<Set<number>> {
  const rows = await db
    .selectFrom("incident")
    .leftJoin("cause", "cause.id", "causeId")
    .select("incident.id")
    .where("incident.kind", "=", "common")
    .where("incident.closedAt", "is", null)
    .where("incident.failing", ">", 0)
    .where("cause.causeKey", "is not", NO_ANSWER)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("incidentMember")
            .innerJoin("posStatus", "posStatus.posServerId", "incidentMember.posServerId")
            .select("incidentMember.id")
            .whereRef("incidentId", "=", "incident.id")
            .where("status", "=", "failing")
            .where(({ or, eb, ref }) =>
              or([
                eb("posStatus.causeKey", "is", ref("cause.causeKey")),
                eb("posStatus.state", "in", UNKNOWN_STATES),
              ]),
            ),
        ),
      ),
    )
    .execute();
  const ids = rows.map(({ id }) => id);
  const members = db
    .selectFrom("incidentMember")
    .select("posServerId")
    .where("incidentId", "in", ids)
    .where("status", "=", "failing");
  if (ids.length > 0) await queueTroubleChanges(db, members);
  return new Set(ids);
}
