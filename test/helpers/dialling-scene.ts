import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Test } from "tap";
import type { PosClient, PosCommands } from "../../src/monitor/pos-client/client.ts";
import { startMonitor } from "./app.ts";
import { createClock } from "./clock.ts";
import { commandClient } from "./commands.ts";
import { makeDiallingAgent } from "./dialling-agent.ts";
import { getText, signedIn, textOf } from "./page.ts";
import { letWork } from "./run-job.ts";
import { makeSampleService } from "./sample-service.ts";
import { waitFor } from "./wait-for.ts";

/** A monitor by the test's clock, which listens, and a POS server whose real agent dials out when it is started. */
export async function startDiallingScene(t: Test) {
  const clock = createClock();
  const client = commandClient(t, { now: clock });
  const monitor = await startMonitor(t, { client, clock, pauseMs: 5 });
  const { app, db } = monitor;
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const pos = await makeSampleService(t);
  const agent = await makeDiallingAgent(t, monitor, { monitor: url }, pos);
  await writeFile(join(pos.logs, "sync.log"), "[2026-11-24 13:42:10,000] INFO [4] — обмен\n");
  const user = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  const isConnected = () => client.agents.find(agent.id) !== null;

  const work = () => letWork(app.databaseResets, app.serviceStarts, app.logRequests);
  async function workUntil(isReached: () => boolean | Promise<boolean>): Promise<void> {
    await waitFor(async () => {
      await work();
      return await isReached();
    });
  }
  const reset = () =>
    db.selectFrom("databaseReset").selectAll().orderBy("id", "desc").executeTakeFirstOrThrow();
  const start = () =>
    db.selectFrom("serviceStart").selectAll().orderBy("id", "desc").executeTakeFirstOrThrow();
  const logs = () => db.selectFrom("logRequest").selectAll().orderBy("id", "desc").executeTakeFirstOrThrow();

  const until = (isReached: () => Promise<boolean>) => async () => await workUntil(isReached);
  const parts = { monitor, app, db, url, clock, client, pos, agent, user };
  return {
    ...parts,
    reset,
    start,
    logs,
    work,
    workUntil,
    workOnResets: () => letWork(app.databaseResets),
    untilReset: until(async () => ["awaiting_sync", "done"].includes((await reset()).step)),
    untilResetEnds: until(async () => (await reset()).finishedAt !== null),
    untilStartEnds: until(async () => (await start()).finishedAt !== null),
    untilLogsEnd: until(async () => (await logs()).finishedAt !== null),
    stopService: async () => await writeFile(pos.path("service-state.txt"), "stopped\n"),
    text: async (path: string, language: "ru" | "en" = "ru") => await getText(app, path, { language }),
    async ask(resource: string, fields: Record<string, string> = {}): Promise<string> {
      const answer = await user.post(`/pos-servers/${agent.id}/${resource}`, fields);
      if (answer.statusCode !== 303) throw new Error(`${answer.statusCode} ${textOf(answer.body)}`);
      return String(answer.headers.location);
    },
    async dialIn() {
      const running = await agent.start();
      await waitFor(isConnected);
      return async () => {
        await running.close();
        await waitFor(() => !isConnected());
      };
    },
  };
}

/** Has something happen in the next call of one of the client's methods, before it is made. */
export function happenInNext(client: PosClient, name: keyof PosCommands, happens: () => unknown): void {
  const method = client[name] as (...call: unknown[]) => Promise<unknown>;
  const put = (becomes: typeof method) => Object.assign(client, { [name]: becomes });
  put(async (...call) => {
    put(method);
    await happens();
    return await method(...call);
  });
}
