import type { Db } from "../database/schema.ts";
import { POS_SERVER_COLUMNS, shareOf } from "../requests/request-columns.ts";
import type { Claimable } from "../requests/runner.ts";
import { isVisibleTo } from "../viewer/access.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { BatchKind, BatchParams } from "./kinds.ts";

const LOOKED_AT_EACH = 50;

export type FoundBatch = NonNullable<Awaited<ReturnType<typeof findBatch>>>;
export type FoundItem = Awaited<ReturnType<typeof listItems>>[number];
export type OpenItem = NonNullable<Awaited<ReturnType<typeof findOpenItem>>>;

/** Its maker and administrators see it. */
export async function findBatch(db: Db, { user }: Viewer, id: number) {
  const batch = await readBatch(db, id);
  return batch && user && (user.isAdministrator || batch.userId === user.id) ? batch : null;
}

/** A token sees those that it made itself. @param login of the token as an actor. */
export async function findBatchOfToken(db: Db, login: string, id: number) {
  const batch = await readBatch(db, id);
  return batch?.userLogin === login ? batch : null;
}

async function readBatch(db: Db, id: number) {
  const batch = await selectBatches(db).where("id", "=", id).executeTakeFirst();
  return batch ? { ...batch, params: JSON.parse(batch.params) as BatchParams[BatchKind] } : null;
}

/** Newest first. @param before id of a batch; null = from the newest on. */
export async function listBatches(
  db: Db,
  { user }: Viewer,
  { before, limit }: { before: number | null; limit: number },
) {
  return await selectBatches(db)
    .$if(before !== null, (query) => query.where("id", "<", before ?? 0))
    .$if(!user?.isAdministrator, (query) => query.where("userId", "=", user?.id ?? 0))
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

function selectBatches(db: Db) {
  return db
    .selectFrom("batch")
    .select(["id", "kind", "params", "requestedAt", "userId", "userLogin", "userName", "userAddress"])
    .select(["unseen", "stoppedAt"])
    .select(({ selectFrom, fn }) => {
      const items = selectFrom("batchItem").whereRef("batchId", "=", "batch.id");
      const count = (query: typeof items) => query.select(fn.countAll<number>().as("count"));
      return [
        count(items.where("status", "!=", "left_out"))
          .$asScalar()
          .as("begun"),
        count(items.where("status", "=", "done"))
          .$asScalar()
          .as("done"),
        count(items.where("status", "=", "failed"))
          .$asScalar()
          .as("failed"),
      ];
    });
}

/** Of the organizations that the viewer may see now, in their order. */
export async function listItems(db: Db, { organizations }: Viewer, batchId: number) {
  return await db
    .selectFrom("batchItem")
    .innerJoin("posServer", "posServer.id", "batchItem.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["batchItem.id", "batchItem.posServerId", "batchItem.status", "code", "detail", "requestId"])
    .select(["batchItem.startedAt", "batchItem.finishedAt", ...POS_SERVER_COLUMNS])
    .select(({ selectFrom }) =>
      // Of what can be downloaded; where logs are fetched.
      selectFrom("logArchive")
        .select(({ fn }) => fn.sum<number | null>("zipBytes").as("bytes"))
        .whereRef("logRequestId", "=", "batchItem.requestId")
        .where("logArchive.status", "=", "done")
        .$asScalar()
        .as("zipBytes"),
    )
    .where("batchId", "=", batchId)
    .where(isVisibleTo(organizations, "posServer.organizationId"))
    .orderBy("position")
    .execute();
}

export async function findOpenItem(db: Db, id: number) {
  const item = await db
    .selectFrom("batchItem")
    .innerJoin("batch", "batch.id", "batchItem.batchId")
    .innerJoin("posServer", "posServer.id", "batchItem.posServerId")
    .select(["batchItem.id", "batchId", "batchItem.posServerId", "batchItem.status", "requestId"])
    .select(["kind", "params"])
    .select(["userId", "userLogin", "userName", "userAddress"])
    .select(["posServer.name", "posServer.organizationId", "posServer.connection"])
    .where("batchItem.id", "=", id)
    .where("batchItem.finishedAt", "is", null)
    .executeTakeFirst();
  return item ?? null;
}

/** Lists the first open items of each maker, oldest batch first. */
export async function listItemsToWorkOn(db: Db): Promise<Claimable[]> {
  const open = db.selectFrom("batchItem").select("batchId").where("finishedAt", "is", null);
  const makers = await db
    .selectFrom("batch")
    .select(["userId", "userLogin"])
    .where("id", "in", open)
    .distinct()
    .execute();
  const listed: Claimable[] = [];
  for (const maker of makers) {
    const items = await db
      .selectFrom("batch")
      .crossJoin("batchItem") // keeps SQLite from sorting all that are open
      .select("batchItem.id")
      .whereRef("batchId", "=", "batch.id")
      .where("finishedAt", "is", null)
      .where("userLogin", "=", maker.userLogin)
      .orderBy("batch.id")
      .orderBy("position")
      .limit(LOOKED_AT_EACH)
      .execute();
    listed.push(...items.map(({ id }) => ({ id, share: shareOf(maker) })));
  }
  return listed;
}
