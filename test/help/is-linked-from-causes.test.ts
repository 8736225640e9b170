import t from "tap";
import { breakAll } from "../helpers/incidents.ts";
import { startFor } from "../helpers/page.ts";

const linkedFrom = (html: string) =>
  [...html.matchAll(/href="\/help#cause-(\w+)"/g)].map(([, cause]) => cause);

t.test("what names a cause leads to what «Справка» says of it; the list does not", async (t) => {
  const { monitor, user } = await startFor(t, { organizations: "all" });
  const id = await monitor.addPosServer();
  await monitor.report(id);
  const pages = [`/pos-servers/${id}`, "/incidents/1", `/pos-servers/${id}/database-resets/new`];
  t.same(linkedFrom(await user.html(pages[0] ?? "")), [], "nothing is wrong");
  await breakAll(monitor, [id]);
  for (const page of pages) t.same(linkedFrom(await user.html(page)), ["main_server_timeout"], page);
  t.same(linkedFrom(await user.html("/pos-servers")), []);
  await monitor.fail(id, "connect_refused");
  t.same(linkedFrom(await user.html(pages[0] ?? "")), ["main_server_timeout", "poll_connect_refused"]);
  await monitor.report(id);
  t.same(linkedFrom(await user.html("/incidents/1")), ["main_server_timeout"], "also when it is over");
});
