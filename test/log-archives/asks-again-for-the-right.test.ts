import t, { type Test } from "tap";
import { loginOfToken } from "../../src/monitor/viewer/in-words.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { addApiToken } from "../helpers/api.ts";
import { startWithTwoDays } from "../helpers/log-monitor.ts";
import { sendZip, zipOf } from "../helpers/log-server.ts";
import { getText, signedIn } from "../helpers/page.ts";
import { readRow } from "../helpers/rows.ts";

/** A request of a user who has the right to its POS server, and an administrator who can take it. */
async function startScene(t: Test) {
  const monitor = await startWithTwoDays(t);
  const { organizationId } = await readRow(monitor.db, "posServer", { id: monitor.posServerId });
  const asker = await signedIn(monitor, { login: "boris", organizations: [organizationId] });
  const administrator = await signedIn(monitor, { isAdministrator: true });
  const id = await monitor.queue({ userId: asker.userId, userLogin: "boris", userName: "Борис" });
  return {
    monitor,
    id,
    asker,
    administrator,
    block: () => administrator.post(`/users/${asker.userId}/blocking`, { blocked: "yes" }),
    takeRight: () => administrator.post(`/users/${asker.userId}/rights`, { step: "save" }),
  };
}

t.test("a queued request of somebody without the right asks nothing of the POS server", async (t) => {
  const { monitor, id, takeRight } = await startScene(t);
  await takeRight();
  await monitor.work();
  t.match(await monitor.request(id), { status: "failed", failureCode: "right_lost" });
  t.same([...monitor.server.listed, ...monitor.server.orders], []);
  const words = /У того, кто запросил логи, больше нет права на этот POS-сервер/;
  t.match(await getText(monitor.app, `/log-requests/${id}`), words);
  t.match(await getText(monitor.app, "/audit"), words);
});

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

for (const end of ["is taken back", "is over", "has lost the right of its maker"]) {
  t.test(`what a token has queued is done, but not when the token ${end}`, async (t) => {
    const { monitor, asker, administrator, takeRight } = await startScene(t);
    const userId = end === "is taken back" ? null : asker.userId;
    const tokenId = (await addApiToken(monitor, { userId })).id;
    const asked = { userId, userLogin: loginOfToken(tokenId), userName: "Служба поддержки" };
    t.match(await monitor.request(await monitor.fetch(asked)), { status: "done" });

    const id = await monitor.queue(asked);
    if (end === "is taken back") await administrator.post(`/settings/api/tokens/${tokenId}/removal`);
    else if (end === "is over") monitor.clock.advance(90 * DAY_MS);
    else await takeRight();
    await monitor.work();
    t.match(await monitor.request(id), { status: "failed", failureCode: "right_lost" });
  });
}
