import type { ServerResponse } from "node:http";
import t, { type Test } from "tap";
import { type LogMonitor, startLogMonitor, TODAY } from "../helpers/log-monitor.ts";
import { startLogServer } from "../helpers/log-server.ts";
import { textOf } from "../helpers/page.ts";
import { signedIn } from "../helpers/sign-in.ts";
import { waitFor } from "../helpers/wait-for.ts";

const TRICKLING = 20;
const DROP_EVERY_MS = 20;
const SLOW_LOG = Buffer.alloc(1_000_000, "обмен\n");

/** Sends an archive that never ends, a few bytes at a time. */
function trickle(response: ServerResponse): void {
  response.setHeader("content-type", "application/zip");
  const timer = setInterval(() => response.write("PK"), DROP_EVERY_MS);
  response.on("close", () => clearInterval(timer));
}

async function addTrickling(t: Test, monitor: LogMonitor): Promise<number> {
  const server = await startLogServer(t, monitor.clock);
  server.logs.set("slow.log", { content: SLOW_LOG, modifiedAt: TODAY });
  server.always = trickle;
  const posServerId = await monitor.addPosServer({ name: server.address, address: server.address });
  return await monitor.queue({ posServerId });
}

t.test("the logs of a quick POS server come while many others trickle", async (t) => {
  const monitor = await startLogMonitor(t, { timing: { paceTickMs: 50 } });
  const trickling: number[] = [];
  for (let n = 0; n < TRICKLING; n++) trickling.push(await addTrickling(t, monitor));
  monitor.put("quick.log", Buffer.from("обмен\n"));
  const quick = await monitor.queue();
  const startedAt = performance.now();
  monitor.runner.wake();
  await waitFor(async () => (await monitor.request(quick)).finishedAt !== null);
  t.comment(`it waited for ${Math.round(performance.now() - startedAt)} ms`);
  t.match(await monitor.request(quick), { status: "done" });
  const others = await Promise.all(trickling.map((id) => monitor.request(id)));
  t.ok(
    others.every(({ finishedAt }) => finishedAt === null),
    "none of them had to end for it",
  );
  t.match(
    others.filter(({ claimedBy }) => claimedBy === null),
    Array.from({ length: TRICKLING - 12 }, () => ({ status: "queued" })),
    "those that gave way wait in the queue",
  );
});

t.test("a stream that brings next to nothing is tried again, then given up by name", async (t) => {
  const monitor = await startLogMonitor(t, { timing: { paceTickMs: 10 } });
  monitor.put("slow.log", SLOW_LOG);
  monitor.server.always = trickle;
  const id = await monitor.fetch();
  t.match(await monitor.archives(id), [{ status: "failed", failureCode: "too_slow", attempts: 3 }]);
  t.equal(monitor.server.orders.length, 3);
  t.same(await monitor.stored(), []);
  const user = await signedIn(monitor, { organizations: "all" });
  const { body } = await user.get(`/log-requests/${id}`);
  t.match(textOf(body), /слишком медленно \(проверьте связь с рестораном/);
});
