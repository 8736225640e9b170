import t, { type Test } from "tap";
import { startWithTwoDays } from "../helpers/log-monitor.ts";
import { sendZip, zipOf } from "../helpers/log-server.ts";
import { getText, signedIn } from "../helpers/page.ts";

/** A request of a user who has the right to its POS server, and an administrator who can take it. */
async function startScene(t: Test) {
  const monitor = await startWithTwoDays(t);
  const { organizationId } = await monitor.db
    .selectFrom("posServer")
    .select("organizationId")
    .where("id", "=", monitor.posServerId)
    .executeTakeFirstOrThrow();
  const asker = await signedIn(monitor, { login: "boris", organizations: [organizationId] });
  const administrator = await signedIn(monitor, { isAdministrator: true });
  const id = await monitor.queue({ userId: asker.userId, userLogin: "boris", userName: "Борис" });
  return {
    monitor,
    id,
    block: () => administrator.post(`/users/${asker.userId}/blocking`, { blocked: "yes" }),
    takeRight: () => administrator.post(`/users/${asker.userId}/rights`, { step: "save" }),
  };
}

for (const loss of ["block", "takeRight"] as const) {
  t.test(`after ${loss} a queued request asks nothing of the POS server`, async (t) => {
    const scene = await startScene(t);
    const { monitor, id } = scene;
    await scene[loss]();
    await monitor.work();
    t.match(await monitor.request(id), { status: "failed", failureCode: "right_lost" });
    t.same([...monitor.server.listed, ...monitor.server.orders], []);
    const words = /У того, кто запросил логи, больше нет права на этот POS-сервер/;
    t.match(await getText(monitor.app, `/log-requests/${id}`), words);
    t.match(await getText(monitor.app, "/audit"), words);
  });
}

t.test("while it runs no further archive is fetched, and what has come stays", async (t) => {
  const { monitor, id, block } = await startScene(t);
  const { server } = monitor;
  server.misbehave.push((response, order) => {
    void block().then(() => sendZip(response, zipOf(order, server.logs)));
  });
  await monitor.work();
  t.match(await monitor.request(id), { status: "failed", failureCode: "right_lost", receivedFiles: 1 });
  t.match(await monitor.archives(id), [{ status: "done" }, { status: "failed", failureCode: "right_lost" }]);
  t.equal(server.orders.length, 1);
});
