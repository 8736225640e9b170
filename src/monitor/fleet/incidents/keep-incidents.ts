import { inBatches } from "../../database/in-batches.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { queueTroubleChanges } from "../../restaurants/queue-changes.ts";
import { UNKNOWN_STATES } from "../state.ts";
import { keepCommonIncidents } from "./common-incidents.ts";
import { readCrowdSize } from "./crowds.ts";
import { endQuietIncidents } from "./end-quiet-incidents.ts";
import { SILENCE } from "./incident.ts";
import { keepTroubles } from "./keep-troubles.ts";

const BATCH_POS_SERVERS = 500;
/** Of many that are silent one is asked each second, however seldom each is polled; and so many more for each that answers. */
const ASKED_FOR_EACH = 10;
/** A prime, so that all have their turn. */
const STRIDE = 7_919;

/**
 * Opens, joins, reopens and closes incidents by what has become of POS servers since the last time, at `now` (ms UTC). What is not done when
 * the program ends is still queued when it starts again.
 * @returns POS servers that are to be polled, as many have fallen silent at once and may be back at once: some at a time.
 */
export async function keepIncidents(db: Db, now: number): Promise<number[]> {
  const answered = new Map<number, number>();
  const pastIds = await queuePast(db);
  if (await isAnythingQueued(db)) {
    const enough = await readCrowdSize(db);
    const joinable = await inTransaction(db, (trx) => keepCommonIncidents(trx, enough, now));
    await inBatches(BATCH_POS_SERVERS, (limit) =>
      inTransaction(db, (trx) => keepTroubles(trx, { joinable, pastIds, answered, enough, limit, now })),
    );
  }
  await endQuietIncidents(db, now);
  const silent: number[] = [];
  for (const { id } of await selectFailingCommon(db).where("state", "=", SILENCE).execute())
    silent.push(...(await listSilent(db, id, 1 + (answered.get(id) ?? 0) * ASKED_FOR_EACH, now)));
  return silent;
}

/**
 * Finds the incidents of many about the exchange whose cause nobody has any more, though some still fail: these have trouble of their own, and are queued.
 * Of who is silent nobody knows.
 */
async function queuePast(db: Db): Promise<Set<number>> {
  const rows = await selectFailingCommon(db)
    .where("incident.state", "!=", SILENCE)
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
                eb("posStatus.causeKey", "is", ref("incident.causeKey")),
                eb("posStatus.state", "in", UNKNOWN_STATES),
              ]),
            ),
        ),
      ),
    )
    .execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0)
    await queueTroubleChanges(
      db,
      db
        .selectFrom("incidentMember")
        .select("posServerId")
        .where("incidentId", "in", ids)
        .where("status", "in", ["failing", "suspended"]),
    );
  return new Set(ids);
}

function selectFailingCommon(db: Db) {
  return db
    .selectFrom("incident")
    .select("incident.id")
    .where("incident.kind", "=", "common")
    .where("incident.closedAt", "is", null)
    .where("incident.failing", ">", 0);
}

/** Some of a silence, other ones each second, since to look for those that were not asked for longest costs too much with many. */
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
  if (rows.length < most)
    rows.push(
      ...(await members
        .where("posServerId", "<", from)
        .limit(most - rows.length)
        .execute()),
    );
  return rows.flatMap(({ id }) => id ?? []);
}

async function isAnythingQueued(db: Db): Promise<boolean> {
  return (
    (await db.selectFrom("troubleChange").select("posServerId").limit(1).executeTakeFirst()) !== undefined
  );
}
