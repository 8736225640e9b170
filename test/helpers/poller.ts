import type { Test } from "tap";
import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { startMonitor, type TestMonitorOptions } from "./app.ts";
import { createClock } from "./clock.ts";
import { received } from "./outcomes.ts";
import { createScriptedClient } from "./scripted-client.ts";

/** A monitor whose POS servers answer as told: by default each one is healthy. */
export async function startPoller(
  t: Test,
  answer?: (posServer: PosServer) => StatusOutcome | Promise<StatusOutcome>,
  options: Pick<TestMonitorOptions, "dataDir" | "logStream"> = {},
) {
  const clock = createClock();
  const client = createScriptedClient(answer ?? (() => received(clock())));
  const monitor = await startMonitor(t, { client, clock, ...options });
  const { poller, database } = monitor.app;
  return {
    ...monitor,
    client,
    tick: () => poller.tick(),
    /** Moves the clock second by second and ticks at each; what was polled by then is saved. */
    async run(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        clock.advance(1_000);
        await poller.tick();
        await poller.idle();
      }
    },
    status: (id: number) =>
      database.db.selectFrom("posStatus").selectAll().where("posServerId", "=", id).executeTakeFirst(),
  };
}
