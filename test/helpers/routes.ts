import { createBatch } from "../../src/monitor/batches/create-batch.ts";
import { beginningColumns } from "../../src/monitor/fleet/incidents/incident-rows.ts";
import { teachLogPatterns } from "../../src/monitor/log-patterns/sets/pattern-sets.ts";
import { readSetsInForce } from "../../src/monitor/log-patterns/sets/sets-in-force.ts";
import { requestDatabaseReset } from "../../src/monitor/repairs/database-resets/request-database-reset.ts";
import { requestServiceStart } from "../../src/monitor/repairs/service-starts/request-service-start.ts";
import { addApiToken } from "./api.ts";
import type { TestMonitor } from "./app.ts";
import { addChannel } from "./channels.ts";
import { ACTOR, addEnrolmentCode, askToEnrol, enrolmentOrder } from "./enrolments.ts";
import { addArchive, addLogRequest } from "./log-archives.ts";
import { signedIn } from "./page.ts";
import { addRow, changeRows, readRow } from "./rows.ts";
import { addWallToken } from "./wall.ts";

/** The routes as `GET /pos-servers/:id`, but of files, HEAD, and what leads from the address of a form to its page. */
export function registeredRoutes({ app }: TestMonitor): string[] {
  return app.registeredRoutes
    .filter(({ url, config }) => !url.startsWith("/assets/") && !config?.isFormAddress)
    .flatMap(({ method, url }) => [method].flat().map((verb) => `${verb} ${url}`))
    .filter((route) => !route.startsWith("HEAD "));
}

/** An open incident of many, of which this POS server is one. @returns its id. */
async function addIncident({ db, clock }: TestMonitor, posServerId: number, organizationId: number) {
  const begun = { kind: "common", state: "sync_error", ...beginningColumns(clock()) } as const;
  const incidentId = await addRow(db, "incident", begun);
  const member = { incidentId, posServerId, organizationId, status: "failing", joinedAt: clock() } as const;
  await addRow(db, "incidentMember", member);
  return incidentId;
}

/** Adds one of everything that routes are about; nobody works on its start and its reset. */
export async function addOneOfEach(monitor: TestMonitor) {
  const { db } = monitor;
  const now = monitor.clock();
  const organizationId = await monitor.addOrganization();
  const posServerId = await monitor.addPosServer({ organizationId, address: null });
  const { userId } = await signedIn(monitor);
  const logRequestId = await addLogRequest(monitor, posServerId);
  const posServer = { id: posServerId, name: "POS", organizationId };
  const start = await requestServiceStart(db, ACTOR, posServer, now);
  const wanted = { posServer, confirmation: "1", identity: "", fetchLogs: false, startService: true };
  const resetId = await requestDatabaseReset(db, ACTOR, wanted, now);
  const patterns = { attempted: [], succeeded: ["SyncJob done"], failed: [], excluded: [] };
  const basis = { scope: "all", basis: "all", seen: { all: null, own: null } } as const;
  await teachLogPatterns(db, ACTOR, { ...basis, patterns, source: posServer }, now);
  const setId = (await readSetsInForce(db)).ofAll?.id ?? 0;
  const code = await addEnrolmentCode(monitor, { maxUses: 2 });
  await askToEnrol(monitor, enrolmentOrder(code));
  const channelId = await addChannel(monitor, undefined, { hasDefaultRule: true });
  const { id: ruleId } = await readRow(db, "notificationRule");
  const params = { fromAt: 0, toAt: 1, maxBytes: 1 };
  const chosen = [{ id: posServerId, leftOut: null }];
  const batchId = await createBatch(db, ACTOR, { kind: "logs", params, chosen, unseen: 0 }, now);
  await changeRows(db, "batchItem", { status: "done", requestId: logRequestId, finishedAt: 1 });
  const awaited = await readRow(db, "enrolment");
  const { id: removedId } = await addApiToken(monitor);
  const { authorization } = await addApiToken(monitor);
  /** By how the addresses begin. */
  const ids = Object.entries({
    "/settings/log-patterns/": setId,
    "/settings/api/": removedId,
    "/settings/": (await addWallToken(monitor, [organizationId])).id,
    "/enrolments/agents/": awaited.id,
    "/enrolments/": (await readRow(db, "enrolmentCode")).id,
    "/channels/": channelId,
    "/pos-servers/": posServerId,
    "/organizations/": organizationId,
    "/users/": userId,
    "/log-archives/": (await addArchive(monitor, logRequestId)).id,
    "/log-requests/": logRequestId,
    "/database-resets/": resetId ?? 0,
    "/incidents/": await addIncident(monitor, posServerId, organizationId),
    "/service-starts/": "id" in start ? start.id : 0,
    "/batches/": batchId,
  });

  return {
    organizationId,
    /** Of somebody without any right. */
    userId,
    /** Of a program that may see all, with every scope. */
    authorization,
    /** The method of a route, and its address with the ids of what was added; nothing is there under its secrets. */
    requestOf(route: string) {
      const [method, pattern = ""] = route.split(" ");
      const path = pattern.replace("/api/v1", "");
      const id = ids.find(([start]) => path.startsWith(start))?.[1] ?? 0;
      const url = pattern
        .replace(":id", String(id))
        .replace(":rule", String(ruleId))
        .replace(":token", "a".repeat(43))
        .replace(":position", "1");
      if (method !== "GET" && method !== "POST") throw new Error(`No form can send ${route}`);
      return { method, url } as const;
    },
  };
}
