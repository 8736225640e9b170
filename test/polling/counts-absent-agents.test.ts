import t from "tap";
import { createPosClient } from "../../src/monitor/pos-client/create-pos-client.ts";
import { startMonitor } from "../helpers/app.ts";
import { createClock } from "../helpers/clock.ts";

t.test("an agent that is not connected counts as a failure only after two poll intervals", async (t) => {
  const clock = createClock();
  const client = createPosClient({ now: clock, monotonicClock: clock });
  const { app, addPosServer } = await startMonitor(t, { clock, client });
  const id = await addPosServer({ connection: "dial_out", address: null, pollIntervalMs: 30_000 });
  const run = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      await app.poller.tick();
      await app.poller.idle();
    }
    return await app.database.db
      .selectFrom("pos_status")
      .select(["state", "failed_polls", "failure_code", "failure_detail"])
      .where("pos_server_id", "=", id)
      .executeTakeFirstOrThrow();
  };
  t.match(await run(58), { state: "pending", failed_polls: 0 });
  await app.pollNow(id);
  t.match(await run(1), { state: "pending", failed_polls: 0 }, "asking for it counts no more");
  t.match(await run(70), {
    state: "unreachable",
    failure_code: "not_connected",
    failure_detail: "the agent is not connected",
  });
  const { failed_polls } = await run(1);
  t.ok(failed_polls >= 2 && failed_polls <= 4, `${failed_polls} polls failed`);
});
