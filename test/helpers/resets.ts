import type { Test } from "tap";
import { requestDatabaseReset } from "../../src/monitor/repairs/database-resets/request-database-reset.ts";
import { startMonitor, type TestMonitor, type TestMonitorOptions } from "./app.ts";
import { signedIn } from "./page.ts";
import { POS_SERVER_ID } from "./pos-server.ts";
import { type ResettablePosServer, startResettablePosServer } from "./resettable-pos-server.ts";
import { addRow, readRow } from "./rows.ts";
import { letWork } from "./run-job.ts";
import { waitFor } from "./wait-for.ts";

export type ResetScene = Awaited<ReturnType<typeof startResetScene>>;

/** A monitor with one POS server that can be reset, and a user who may. */
export async function startResetScene(
  t: Test,
  changes: Partial<ResettablePosServer> = {},
  options: TestMonitorOptions = {},
) {
  const monitor = await startMonitor(t, { pauseMs: 5, ...options });
  const { app, db, clock } = monitor;
  const posServer = await startResettablePosServer(t, clock, changes);
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const found = { address: posServer.address, identity: POS_SERVER_ID };
  const posServerId = await monitor.addPosServer({ organizationId, name: "Тверская, 12", ...found });
  await allowUnprotectedResets(monitor);
  const user = await signedIn(monitor, { name: "Анна Иванова", organizations: [organizationId] });

  const work = () => letWork(app.databaseResets, app.serviceStarts);

  const rowOf = (id: number) => readRow(db, "databaseReset", { id });
  return {
    monitor,
    posServer,
    posServerId,
    user,
    /** Posts the dialog's form; everything is right unless told. @returns the id of the reset. */
    async askForReset(fields: Record<string, string> = { crmId: "100237", startService: "1" }) {
      const answer = await user.post(`/pos-servers/${posServerId}/database-resets`, fields);
      const id = Number(/^\/database-resets\/(\d+)$/.exec(String(answer.headers.location))?.[1]);
      if (!id) throw new Error(`no reset: ${answer.statusCode} ${answer.body}`);
      return id;
    },
    work,
    async runTo(id: number, ...steps: string[]) {
      await waitFor(async () => {
        await work();
        return steps.includes((await rowOf(id)).step);
      });
    },
    rowOf,
    async stepsOf(id: number): Promise<string[]> {
      const steps = db.selectFrom("databaseResetStep").where("databaseResetId", "=", id);
      const rows = await steps.select("step").orderBy("id").execute();
      return rows.map(({ step }) => step);
    },
  };
}

/** Queues a reset of the scene's POS server, or of another, as if everything had been checked. @returns its id. */
export async function queueReset(
  { monitor: { app, clock }, posServerId: id, user }: ResetScene,
  { posServerId = id, identity = POS_SERVER_ID, organizationId = 1, by = user.userId as number | null } = {},
): Promise<number> {
  const actor = { userId: by, login: "anna", name: "Анна Иванова", address: "10.0.0.7" };
  const posServer = { id: posServerId, name: "Тверская, 12", organizationId };
  const wanted = { posServer, confirmation: "100237", identity, fetchLogs: false, startService: true };
  return (await requestDatabaseReset(app.database.db, actor, wanted, clock())) ?? 0;
}

/** Plain HTTP is what tests speak; encryption has tests of its own. */
export async function allowUnprotectedResets({ app }: TestMonitor): Promise<void> {
  await addRow(app.database.db, "setting", { key: "allowUnprotectedResets", value: "true" });
}
