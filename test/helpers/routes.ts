import { createBatch } from "../../src/monitor/batches/create-batch.ts";
import { beginningColumns } from "../../src/monitor/fleet/incidents/incident-rows.ts";
import { teachLogPatterns } from "../../src/monitor/log-patterns/sets/pattern-sets.ts";
import { readSetsInForce } from "../../src/monitor/log-patterns/sets/sets-in-force.ts";
import { requestDatabaseReset } from "../../src/monitor/repairs/database-resets/request-database-reset.ts";
import { requestServiceStart } from "../../src/monitor/repairs/service-starts/request-service-start.ts";
import { addApiToken } from "./api.ts";
import type { TestMonitor } from "./app.ts";
import { addChannel } from "./channels.ts";
import { addEnrolmentCode, askToEnrol, enrolmentOrder } from "./enrolments.ts";
import { addArchive, addLogRequest } from "./log-archives.ts";
import { signedIn } from "./page.ts";
import { addRow, changeRows } from "./rows.ts";
import { addWallToken } from "./wall.ts";

/**
 * The routes of the monitor as `GET /pos-servers/:id`: those of the browser's files, HEAD, and what only leads from the
 * address of a form to its page aside.
 */
export function registeredRoutes({ app }: TestMonitor): string[] {
  return app.registeredRoutes
    .filter(({ url, config }) => !url.startsWith("/assets/") && !config?.isFormAddress)
    .flatMap(({ method, url }) => [method].flat().map((verb) => `${verb} ${url}`))
    .filter((route) => !route.startsWith("HEAD "));
}

/** An open incident of many, of which this POS server is one. @returns its id. */
async function addIncident({ app, clock }: TestMonitor, posServerId: number, organizationId: number) {
  const { db } = app.database;
  const id = await addRow(db, "incident", {
    kind: "common",
    state: "sync_error",
    ...beginningColumns(clock()),
  });
  await addRow(db, "incidentMember", {
    incidentId: id,
    posServerId,
    organizationId,
    status: "failing",
    joinedAt: clock(),
  });
  return id;
}

/** Adds one of everything that routes are about; nobody works on its start and its reset. */
export async function addOneOfEach(monitor: TestMonitor) {
  const { db } = monitor.app.database;
  const now = monitor.clock();
  const organizationId = await monitor.addOrganization();
  const posServerId = await monitor.addPosServer({ organizationId, address: null });
  const { userId } = await signedIn(monitor);
  const logRequestId = await addLogRequest(monitor, posServerId);
  const actor = { userId: null, login: "test", name: null, address: "127.0.0.1" };
  const posServer = { id: posServerId, name: "", organizationId };
  const start = await requestServiceStart(db, actor, posServer, now);
  const wanted = { posServer, confirmation: "1", identity: "", fetchLogs: false, startService: true };
  const resetId = await requestDatabaseReset(db, actor, wanted, now);
  const patterns = { attempted: [], succeeded: ["SyncJob done"], failed: [], excluded: [] };
  const source = { id: posServerId, name: "POS", organizationId };
  const seen = { all: null, own: null };
  await teachLogPatterns(db, actor, { scope: "all", basis: "all", seen, patterns, source }, now);
  const setId = (await readSetsInForce(db)).ofAll?.id ?? 0;
  const code = await addEnrolmentCode(monitor, { maxUses: 2 });
  await askToEnrol(monitor, enrolmentOrder(code));
  const { id: awaitedId } = await db.selectFrom("enrolment").select("id").executeTakeFirstOrThrow();
  const { id: codeId } = await db.selectFrom("enrolmentCode").select("id").executeTakeFirstOrThrow();
  const channelId = await addChannel(monitor, undefined, { hasDefaultRule: true });
  const { id: ruleId } = await db.selectFrom("notificationRule").select("id").executeTakeFirstOrThrow();
  const params = { fromAt: 0, toAt: 1, maxBytes: 1 };
  const chosen = [{ id: posServerId, leftOut: null }];
  const batchId = await createBatch(
    monitor.db,
    actor,
    { kind: "logs", params, chosen, unseen: 0 },
    monitor.clock(),
  );
  await changeRows(monitor.db, "batchItem", { status: "done", requestId: logRequestId, finishedAt: 1 });
  const { id: removedId } = await addApiToken(monitor);
  const { authorization } = await addApiToken(monitor);
  const ids: Record<string, number> = {
    channels: channelId,
    enrolments: codeId,
    "pos-servers": posServerId,
    organizations: organizationId,
    users: userId,
    "log-archives": (await addArchive(monitor, logRequestId)).id,
    "log-requests": logRequestId,
    "database-resets": resetId ?? 0,
    incidents: await addIncident(monitor, posServerId, organizationId),
    settings: (await addWallToken(monitor, [organizationId])).id,
    "service-starts": "id" in start ? start.id : 0,
    batches: batchId,
  };

  return {
    organizationId,
    /** Of somebody without any right. */
    userId,
    /** Of a program that may see all, with every scope. */
    authorization,
    /** The method of a route, and its address with the ids of what was added; nothing is there under its secrets. */
    requestOf(route: string) {
      const [method, pattern = ""] = route.split(" ");
      const [, feature = ""] = pattern.replace("/api/v1", "").split("/");
      const special = Object.entries({
        "/settings/log-patterns/": setId,
        "/settings/api/": removedId,
        "/enrolments/agents/": awaitedId,
      });
      const id = special.find(([start]) => pattern.startsWith(start))?.[1] ?? ids[feature];
      const url = pattern
        .replace(":id", String(id ?? 0))
        .replace(":rule", String(ruleId))
        .replace(":token", "a".repeat(43))
        .replace(":position", "1");
      if (method !== "GET" && method !== "POST") throw new Error(`No form can send ${route}`);
      return { method, url } as const;
    },
  };
}
