import t, { type Test } from "tap";
import type { WebSocket } from "ws";
import { createAnswering } from "../../src/agent/dial-out/answering.ts";
import { startMonitor } from "../helpers/app.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { POS_SERVER_ID } from "../helpers/pos-server.ts";
import { dialInRaw } from "../helpers/raw-agent.ts";
import { waitFor } from "../helpers/wait-for.ts";

const never = new AbortController().signal;

/** A monitor with a POS server whose agent dials in, which is polled every 30 seconds. */
async function start(t: Test) {
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const id = await monitor.addPosServer({
    connection: "dial_out",
    address: null,
    identity: POS_SERVER_ID,
    pollIntervalMs: 30_000,
  });
  const isThere = () => app.posClient.agents.find(id) !== null;

  async function leave(socket: WebSocket): Promise<void> {
    socket.terminate();
    await waitFor(() => !isThere());
  }

  /** The agent dials in and is gone before anybody asks it. */
  async function comeAndGo(): Promise<void> {
    const socket = await dialInRaw(t, url);
    await waitFor(isThere);
    await leave(socket);
  }

  async function run(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      await app.poller.tick();
      await app.poller.idle();
    }
  }

  return {
    ...monitor,
    id,
    leave,
    run,
    status: () => app.database.db.selectFrom("posStatus").selectAll().executeTakeFirstOrThrow(),
    /** The agent dials in, and answers with a report, of this status of HTTP. */
    async come(httpStatus = 200) {
      const socket = await dialInRaw(t, url);
      const answering = createAnswering((_request, response) => {
        response.writeHead(httpStatus).end(JSON.stringify(reportAt(clock())));
      });
      void answering.serve(socket, { monitor: url, pin: null }, never);
      await waitFor(isThere);
      return socket;
    },
    comeAndGo,
    async comeAndGoFor(turns: number) {
      for (let turn = 0; turn < turns; turn++) {
        await run(11);
        await comeAndGo();
      }
    },
  };
}

t.test("an agent that is not connected counts as a failure only after two poll intervals", async (t) => {
  const { app, id, run, status } = await start(t);
  await run(58);
  t.match(await status(), { state: "pending", failedPolls: 0 });
  await app.pollNow(id);
  await run(1);
  t.match(await status(), { state: "pending", failedPolls: 0 }, "asking for it counts no more");
  await run(70);
  const away = { failureCode: "not_connected", failureDetail: "the agent is not connected" };
  t.match(await status(), { state: "unreachable", ...away });
  await run(1);
  const { failedPolls } = await status();
  t.ok(failedPolls >= 2 && failedPolls <= 4, `${failedPolls} polls failed`);
});

t.test("an agent that comes again and again, and is gone whenever it is asked, is away", async (t) => {
  const { id, report, status, comeAndGoFor } = await start(t);
  await report(id);
  await comeAndGoFor(5);
  t.match(await status(), { state: "synced", failedPolls: 0 }, "it may have been there in between");
  await comeAndGoFor(5);
  t.match(await status(), { state: "unreachable", failureCode: "not_connected" });
});

t.test("whoever asks for a poll learns likewise that such an agent is away", async (t) => {
  const { app, clock, id, report, status, comeAndGo } = await start(t);
  await report(id);
  for (const seconds of [0, 30, 29]) {
    clock.advance(seconds * 1_000);
    await comeAndGo();
    t.match(await app.pollNow(id), { ok: false, failure: { code: "not_connected" } });
    t.match(await status(), { state: "synced", failedPolls: 0 });
  }
  clock.advance(1_000);
  await comeAndGo();
  await app.pollNow(id);
  t.match(await status(), { failedPolls: 1, failureCode: "not_connected" });
});

t.test("an agent that comes back is polled at once, however its last polls have failed", async (t) => {
  const { run, status, come, leave } = await start(t);
  const socket = await come(500);
  await run(35);
  t.match(await status(), { state: "unreachable", failureCode: "http_status" });
  await leave(socket);
  await come();
  await run(1);
  t.match(await status(), { state: "synced", failedPolls: 0 });
});

t.test("an agent that was missed is polled at once when it is back, another one when due", async (t) => {
  const { app, run, come, leave } = await start(t);
  const polled = () => app.poller.stats().polled;
  await run(4);
  t.equal(polled(), 0, "it was missed");
  const socket = await come();
  await run(1);
  t.equal(polled(), 1);
  await leave(socket);
  await come();
  await run(5);
  t.equal(polled(), 1, "nothing has happened");
});
