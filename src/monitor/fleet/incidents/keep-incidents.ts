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
/** Of a common silence one POS server is polled each second, and this many more for each that answers. */
const ASKED_FOR_EACH = 10;
/** A prime, so that each gets its turn. */
const STRIDE = 7_919;

/**
 * Opens, joins, reopens and closes incidents by the queued changes of POS servers, at `now` (ms UTC).
 * @returns POS servers to poll: some of those that fell silent together and may be back together.
 */
export async function keepIncidents(db: Db, now: number): Promise<number[]> {
  const answered = new Map<number, number>();
  const pastIds = await queuePast(db);
  const queued = await db.selectFrom("troubleChange").select("posServerId").limit(1).executeTakeFirst();
  if (queued) {
    const enough = await readCrowdSize(db);
    const joinable = await inTransaction(db, (trx) => keepCommonIncidents(trx, enough, now));
    await inBatches(BATCH_POS_SERVERS, (limit) =>
      inTransaction(db, (trx) => keepTroubles(trx, { joinable, pastIds, answered, enough, limit, now })),
    );
  }
  await endQuietIncidents(db, now);
  const silent: number[] = [];
  for (const { id } of await selectFailingCommon(db).where("causeKey", "=", NO_ANSWER).execute())
    silent.push(...(await listSilent(db, id, 1 + (answered.get(id) ?? 0) * ASKED_FOR_EACH, now)));
  return silent;
}

/**
 * Finds the common incidents about the exchange whose cause nobody has any more, and queues those that still fail in them,
 * by trouble of their own. Silent ones may still have the cause.
 */
async function queuePast(db: Db): Promise<Set<number>> {
  const rows = await selectFailingCommon(db)
    .where("cause.causeKey", "is not", NO_ANSWER)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("incidentMember")
            .innerJoin("posStatus", "posStatus.posServerId", "incidentMember.posServerId")
            .select("incidentMember.id")
            .whereRef("incidentId", "=", "incident.id")
            .where("status", "in", ["failing", "suspended"])
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
    .where("status", "in", ["failing", "suspended"]);
  if (ids.length > 0) await queueTroubleChanges(db, members);
  return new Set(ids);
}

function selectFailingCommon(db: Db) {
  return db
    .selectFrom("incident")
    .leftJoin("cause", "cause.id", "causeId")
    .select("incident.id")
    .where("incident.kind", "=", "common")
    .where("incident.closedAt", "is", null)
    .where("incident.failing", ">", 0);
}

/** Different POS servers each second: finding those polled longest ago would cost too much. */
async function listSilent(db: Db, incidentId: number, limit: number, now: number): Promise<number[]> {
  const members = db
    .selectFrom("incidentMember")
    .select("posServerId as id")
    .where("incidentId", "=", incidentId)
    .where("status", "=", "failing")
    .orderBy("posServerId");
  const last = await members.clearOrderBy().orderBy("posServerId", "desc").limit(1).executeTakeFirst();
  const from = (Math.floor(now / 1_000) * STRIDE) % ((last?.id ?? 0) + 1);
  const most = Math.min(limit, BATCH_POS_SERVERS);
  const rows = await members.where("posServerId", ">=", from).limit(most).execute();
  const missing = most - rows.length;
  if (missing > 0) rows.push(...(await members.where("posServerId", "<", from).limit(missing).execute()));
  return rows.flatMap(({ id }) => id ?? []);
}
