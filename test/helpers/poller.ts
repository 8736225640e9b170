import type { Test } from "tap";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { startMonitor, type TestMonitor } from "./app.ts";
import { createClock } from "./clock.ts";
import { received } from "./outcomes.ts";
import { createScriptedClient, type ScriptedClient } from "./scripted-client.ts";

export interface TestPoller extends TestMonitor {
  client: ScriptedClient;
  /** Moves the clock second by second and ticks at each; what was polled by then is saved. */
  run(seconds: number): Promise<void>;
  tick(): Promise<void>;
  status(id: number): Promise<Record<string, unknown> | undefined>;
}

/** A monitor whose POS servers answer as told: by default each one is healthy. */
export async function startPoller(
  t: Test,
  answer?: (posServer: PosServer) => StatusOutcome | Promise<StatusOutcome>,
  options: { dataDir?: string; logStream?: NodeJS.WritableStream } = {},
): Promise<TestPoller> {
  const clock = createClock();
  const client = createScriptedClient(answer ?? (() => received(clock())));
  const monitor = await startMonitor(t, { client, clock, ...options });
  const { poller, database } = monitor.app;
  return {
    ...monitor,
    client,
    tick: () => poller.tick(),
    async run(seconds) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1_000);
        await poller.tick();
        await poller.idle();
      }
    },
    status: (id) =>
      database.db.selectFrom("posStatus").selectAll().where("posServerId", "=", id).executeTakeFirst(),
  };
}
