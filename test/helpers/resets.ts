import type { Test } from "tap";
import { requestDatabaseReset } from "../../src/monitor/repairs/database-resets/request-database-reset.ts";
import { startMonitor, type TestMonitor, type TestMonitorOptions } from "./app.ts";
import { signedIn, type TestBrowser } from "./page.ts";
import { POS_SERVER_ID } from "./pos-server.ts";
import { type ResettablePosServer, startResettablePosServer } from "./resettable-pos-server.ts";
import { waitFor } from "./wait-for.ts";

export interface ResetScene {
  monitor: TestMonitor;
  posServer: ResettablePosServer;
  posServerId: number;
  user: TestBrowser;
  /** Posts the dialog's form; everything is right unless told. @returns the id of the reset. */
  askForReset(fields?: Record<string, string>): Promise<number>;
  /** Lets the runners do what can be done now, and nothing twice. */
  work(): Promise<void>;
  /** Lets the runners work until the reset of this id is in a step. */
  runTo(id: number, ...steps: string[]): Promise<void>;
  rowOf(id: number): ReturnType<typeof readReset>;
  stepsOf(id: number): Promise<string[]>;
}

/** A monitor with one POS server that can be reset, and a user who may. */
export async function startResetScene(
  t: Test,
  changes: Partial<ResettablePosServer> = {},
  options: TestMonitorOptions = {},
): Promise<ResetScene> {
  const monitor = await startMonitor(t, { pauseMs: 5, ...options });
  const { app, clock } = monitor;
  const { db } = app.database;
  const posServer = await startResettablePosServer(t, clock, changes);
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const posServerId = await monitor.addPosServer({
    organizationId,
    name: "Тверская, 12",
    address: posServer.address,
    identity: POS_SERVER_ID,
  });
  await allowUnprotectedResets(monitor);
  const user = await signedIn(monitor, { name: "Анна Иванова", organizations: [organizationId] });

  /** Returns when what was begun has ended, so that a test can move its clock. */
  async function work(): Promise<void> {
    for (const runner of [app.databaseResets, app.serviceStarts]) {
      await runner.tick();
      await runner.idle();
    }
  }

  return {
    ...{ monitor, posServer, posServerId, user },
    async askForReset(fields = { crmId: "100237", startService: "1" }) {
      const answer = await user.post(`/pos-servers/${posServerId}/database-resets`, fields);
      const id = Number(/^\/database-resets\/(\d+)$/.exec(String(answer.headers.location))?.[1]);
      if (!id) throw new Error(`no reset: ${answer.statusCode} ${answer.body}`);
      return id;
    },
    work,
    async runTo(id, ...steps) {
      await waitFor(async () => {
        await work();
        return steps.includes((await readReset(monitor, id)).step);
      });
    },
    rowOf: (id) => readReset(monitor, id),
    async stepsOf(id) {
      const rows = await db
        .selectFrom("databaseResetStep")
        .select("step")
        .where("databaseResetId", "=", id)
        .orderBy("id")
        .execute();
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
  await app.database.db
    .insertInto("setting")
    .values({ key: "allowUnprotectedResets", value: "true" })
    .execute();
}

async function readReset({ app }: TestMonitor, id: number) {
  return await app.database.db
    .selectFrom("databaseReset")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
}
