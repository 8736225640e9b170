import t from "tap";
import { signedIn } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";

t.test("nobody polls what is of others, and without a script it leads back to its list", async (t) => {
  const monitor = await startPoller(t);
  const [own, foreign] = [await monitor.addOrganization(), await monitor.addOrganization()];
  const mine = String(await monitor.addPosServer({ organizationId: own }));
  const other = String(await monitor.addPosServer({ organizationId: foreign }));
  const user = await signedIn(monitor, { organizations: [own] });
  for (const id of [other, "x"]) t.equal((await user.post("/pos-servers/polls", { id })).statusCode, 404, id);
  t.same(monitor.client.calls, []);
  for (const [list, location] of [
    ["/pos-servers?state=unreachable", "/pos-servers?state=unreachable"],
    ["https://evil.example/?q=1", "/pos-servers?q=1"],
    ["//evil.example", "/pos-servers"],
    ["", "/pos-servers"],
  ] as const) {
    const answer = await user.post("/pos-servers/polls", { id: mine, list });
    t.match(answer, { statusCode: 303, headers: { location } });
  }
  const polled = monitor.client.calls.map(({ id }) => String(id));
  t.same(polled, Array(4).fill(mine));
});
