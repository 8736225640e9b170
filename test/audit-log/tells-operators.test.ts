import t from "tap";
import { createOperatorsLog } from "../../src/monitor/operators-log.ts";
import { startMonitor } from "../helpers/app.ts";
import { logLines } from "../helpers/log-lines.ts";
import { received } from "../helpers/outcomes.ts";
import { signedIn } from "../helpers/page.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

t.test("what people do, and the end of their batches, are lines with ids and no names", async (t) => {
  const log = logLines();
  const client = createScriptedClient(async () => received(monitor.clock()));
  const monitor = await startMonitor(t, { client, logStream: log.stream, pauseMs: 5 });
  const posServerId = await monitor.addPosServer({ name: "Арбат, 5" });
  const { followEvents } = createOperatorsLog(monitor.app);
  await followEvents();
  const user = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  await user.post(`/pos-servers/${posServerId}/takings`, { until: "hour" });
  await user.post("/batches", { kind: "poll", id: [String(posServerId)] });
  await followEvents();
  await monitor.app.batchItems.idle();
  await followEvents();
  await followEvents();
  const lines = log.ofLevel("info").filter(({ action, batchId }) => action ?? batchId);
  t.strictSame(
    lines.map(({ action, batchId, msg }) => action ?? `${msg}: ${batchId}`),
    ["sign_in", "taking_begin", "batch", "taking_end", "pos_server_poll", "A batch has ended: 1"],
  );
  t.match(lines[1], { posServerId, userId: 1, result: "done" });
  t.notMatch(log.text(), /Анна|Арбат/);
});
