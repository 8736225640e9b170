import t from "tap";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { startMonitor } from "../helpers/app.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn } from "../helpers/page.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";

/** A monitor over POS servers of which those in `down` do not answer. */
async function start(t: Parameters<typeof startMonitor>[0]) {
  const down = new Set<number>();
  const client = createScriptedClient(({ id }): StatusOutcome => {
    const now = monitor.clock();
    return down.has(id) ? failed(now, "connect_refused", "refused") : received(now);
  });
  const monitor = await startMonitor(t, { client });
  const addDown = async (organizationId: number) => {
    const id = await monitor.addPosServer({ organizationId });
    await monitor.fail(id, "connect_refused", "refused");
    down.add(id);
    return id;
  };
  const polledIds = () => client.calls.map(({ id }) => id).sort((one, other) => one - other);
  return { monitor, down, addDown, polledIds };
}

t.test("nobody polls what is of others", async (t) => {
  const { monitor, addDown, polledIds } = await start(t);
  const [own, foreign] = [await monitor.addOrganization(), await monitor.addOrganization()];
  const [mine, other] = [await addDown(own), await addDown(foreign)];
  const user = await signedIn(monitor, { organizations: [own] });
  t.equal((await user.post("/pos-servers/polls", { id: String(other) })).statusCode, 404);
  t.equal((await user.post("/pos-servers/polls", { id: "x" })).statusCode, 404);
  t.equal((await user.post("/pos-servers/polls", { id: String(mine) })).statusCode, 303);
  t.same(polledIds(), [mine]);
});

t.test("without a script it leads back to the list that it came from, and to no other place", async (t) => {
  const { monitor, addDown } = await start(t);
  const id = String(await addDown(await monitor.addOrganization()));
  const user = await signedIn(monitor, { organizations: "all" });
  for (const [list, location] of [
    ["/pos-servers?state=unreachable", "/pos-servers?state=unreachable"],
    ["https://evil.example/?q=1", "/pos-servers?q=1"],
    ["//evil.example", "/pos-servers"],
    ["", "/pos-servers"],
  ] as const) {
    t.match(await user.post("/pos-servers/polls", { id, list }), { statusCode: 303, headers: { location } });
  }
});
