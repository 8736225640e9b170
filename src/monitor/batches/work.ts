import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Db } from "../database/schema.ts";
import { cancelLogRequest } from "../log-archives/cancel-log-request.ts";
import { createLogRequest } from "../log-archives/create-log-request.ts";
import { askPosServer } from "../polling/ask-pos-server.ts";
import { cancelServiceStart } from "../repairs/service-starts/finish-service-start.ts";
import { requestServiceStart } from "../repairs/service-starts/request-service-start.ts";
import { actorOf } from "../requests/request-columns.ts";
import { takeCare } from "../restaurants/acknowledge.ts";
import { park } from "../restaurants/park-pos-server.ts";
import { queueAllIncidents } from "../restaurants/queue-changes.ts";
import { changeTags, findTagProblem, readTagNames, readTags } from "../restaurants/tags.ts";
import { mayStillAct } from "../viewer/access.ts";
import { whileWanted } from "../workers/while-wanted.ts";
import { findOpenItem, type OpenItem } from "./find-batches.ts";
import type { BatchKind, BatchParams } from "./kinds.ts";

const LOOK_EVERY_MS = 500;

const actorFor = (item: OpenItem) => ({ ...actorOf(item), batchId: item.batchId });

/** How an item ended: `code` null = it worked. */
interface End {
  code: string | null;
  detail?: string | null;
}

const DONE: End = { code: null };

type WorkDependencies = Pick<
  FastifyInstance,
  "database" | "clock" | "pollNow" | "logRequests" | "serviceStarts"
>;

/**
 * The runner's work on an item: begins what was asked in its maker's name, and follows it to its end.
 * @param pauseMs between two looks at what it waits for.
 */
export function createItemWork(app: WorkDependencies, pauseMs = LOOK_EVERY_MS) {
  const { clock, logRequests, serviceStarts } = app;
  const { db } = app.database;

  return async (id: number, signal: AbortSignal): Promise<void> => {
    const item = await findOpenItem(db, id);
    if (!item) return;
    if (item.requestId === null && !(await mayStillAct(db, item, clock())))
      return await end(item, { code: "right_lost" });
    if (item.kind === "poll") return await end(item, await poll(item, signal));
    const requestId = item.requestId ?? (await db.transaction().execute((trx) => begin(trx, item)));
    if (requestId === null) return;
    (item.kind === "logs" ? logRequests : serviceStarts).wake();
    const ended = await follow(item, requestId, signal);
    await end(item, ended);
  };

  /** What is done at once ends with it, in one transaction. @returns what has to be followed; null = it has ended. */
  async function begin(trx: Db, item: OpenItem): Promise<number | null> {
    // It may have been stopped since it was claimed.
    if (!(await findOpenItem(trx, item.id))) return null;
    const { posServerId: id, name, organizationId } = item;
    const posServer = { id, name, organizationId };
    const actor = actorFor(item);
    const now = clock();
    const params = JSON.parse(item.params) as BatchParams[BatchKind];
    const done = async (ended: End) => {
      await endItem(trx, item.id, ended, now);
      return null;
    };
    switch (item.kind) {
      case "take": {
        const subject = { kind: "posServer" as const, ...posServer };
        const terms = { ...(params as BatchParams["take"]), note: null, insteadOf: null };
        const outcome = await takeCare(trx, actor, subject, terms, now);
        return await done({ code: outcome === "done" ? null : outcome });
      }
      case "park":
        await park(trx, actor, posServer, params as BatchParams["park"], now);
        return await done(DONE);
      case "tag": {
        const before = (await readTags(trx, [id])).get(id)?.map((tag) => tag.name) ?? [];
        const names = readTagNames(...before, ...(params as BatchParams["tag"]).tags);
        const problem = findTagProblem(names);
        if (problem) return await done({ code: problem.code });
        await changeTags(trx, actor, posServer, names, now);
        await queueAllIncidents(trx);
        return await done(DONE);
      }
      case "logs": {
        const created = await createLogRequest(trx, actor, posServer, params as BatchParams["logs"], now);
        return await noteBegun(trx, item.id, created.id, now);
      }
      default: {
        const requested = await requestServiceStart(trx, actor, posServer, now);
        if ("refusedBy" in requested) return await done({ code: "resetting" });
        return await noteBegun(trx, item.id, requested.id, now);
      }
    }
  }

  async function poll(item: OpenItem, signal: AbortSignal): Promise<End> {
    const { posServerId, name, organizationId } = item;
    const running = { status: "running", startedAt: clock() } as const;
    await db.updateTable("batchItem").set(running).where("id", "=", item.id).execute();
    const posServer = { id: posServerId, name, organizationId };
    const outcome = await askPosServer(app, actorFor(item), posServer, signal);
    return outcome.ok ? DONE : outcome.failure;
  }

  /** An agent that is away is not waited for: the others are. */
  async function follow(item: OpenItem, requestId: number, signal: AbortSignal): Promise<End> {
    const table = item.kind === "logs" ? "logRequest" : "serviceStart";
    for (;;) {
      const request = await db
        .selectFrom(table as "logRequest")
        .select(["status", "finishedAt", "waitsSince", "failureCode", "failureDetail"])
        .where("id", "=", requestId)
        .executeTakeFirst();
      if (!request) return { code: "removed" };
      if (request.finishedAt !== null) {
        const { status, failureCode, failureDetail } = request;
        return status === "done" ? DONE : { code: failureCode ?? status, detail: failureDetail };
      }
      if (request.waitsSince !== null) {
        await giveUp(item, requestId);
        return { code: "not_connected" };
      }
      await whileWanted(delay(pauseMs), signal);
    }
  }

  async function giveUp(item: OpenItem, requestId: number): Promise<void> {
    const { posServerId, organizationId, name: posServerName } = item;
    if (item.kind === "logs") {
      const request = { id: requestId, posServerId, posServerName, organizationId };
      await db.transaction().execute((trx) => cancelLogRequest(trx, actorFor(item), request, clock()));
      logRequests.interrupt(requestId);
    } else if (await cancelServiceStart(db, actorFor(item), requestId, clock()))
      serviceStarts.interrupt(requestId);
  }

  async function end(item: OpenItem, ended: End): Promise<void> {
    await endItem(db, item.id, ended, clock());
  }
}

async function endItem(db: Db, id: number, { code, detail = null }: End, now: number): Promise<void> {
  const status = code === null ? ("done" as const) : ("failed" as const);
  await db
    .updateTable("batchItem")
    .set({ status, code, detail, finishedAt: now })
    .where("id", "=", id)
    .where("finishedAt", "is", null)
    .execute();
}

async function noteBegun(trx: Db, id: number, requestId: number, startedAt: number): Promise<number> {
  await trx
    .updateTable("batchItem")
    .set({ status: "running", requestId, startedAt })
    .where("id", "=", id)
    .execute();
  return requestId;
}
