import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { startLogServer } from "../helpers/log-server.ts";
import { signedIn } from "../helpers/page.ts";
import { foundIn } from "../helpers/searchable-server.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { asked, search } from "./fixtures.ts";

t.test("«Лог» fetches the log and opens it at the line, from then on at once", async (t) => {
  const monitor = await startMonitor(t);
  const { app, clock } = monitor;
  const server = await startLogServer(t, clock);
  const lines = Array.from({ length: 500 }, (_, index) => {
    const at = new Date(Date.parse("2026-11-24T12:00:00.000Z") + index * 5_000).toISOString();
    return `${at.slice(0, 19).replace("T", " ")} ERROR ${index === 300 ? "нарушена целостность базы" : "boom"}`;
  });
  const content = Buffer.from(`${lines.join("\n")}\n`);
  server.logs.set("sync.log", { content, modifiedAt: "2026-11-24T09:50:00.000Z" });
  // Its log has its own time, three hours ahead of UTC.
  server.found = foundIn("2026-11-24T09:25:00.000Z", 1, "нарушена целостность базы");
  const id = await monitor.addPosServer({ address: server.address });
  await app.pollNow(id);
  const user = await signedIn(monitor, { organizations: "all" });
  const { url } = await search(user, "целостность … базы");
  await asked(monitor);

  const open = async () =>
    String((await user.post(`${url}/lines`, { posServer: String(id) })).headers.location);
  const request = await open();
  t.equal(request, "/log-requests/1?leadsTo=%2Flog-searches%2F1%2Flines%2F1");
  t.equal(await open(), request, "it is asked for once");
  t.match(await user.text(request), /24.11 11:55 – 24.11 12:55/);
  await app.logRequests.tick();
  await app.logRequests.idle();
  const arrived = await user.get(request, { "hx-request-type": "partial" });
  t.equal(arrived.headers["hx-redirect"], "/log-searches/1/lines/1", "the dialog leads there");
  const place = String((await user.get("/log-searches/1/lines/1")).headers.location);
  const viewer = String((await user.get(place)).headers.location);
  t.match(viewer, /^\/log-archives\/1\/files\/1\?go=2026-11-24\+12%3A25%3A00.000&q=/);
  await waitFor(async () => (await user.get(viewer)).statusCode === 303);
  t.match((await user.get(viewer)).headers.location, /\?line=301&.*#L301$/);
  t.equal(await open(), place);

  const untimed = { at: null, level: null, text: "bang", file: "plain.log" };
  const zipped = { ...untimed, at: "2026-11-24T09:55:00.000Z", file: "old.zip/sync.log" };
  for (const [why, changes] of Object.entries({
    "without a line": { entries: [] },
    "without its time": { firstAt: null, lastAt: null, hours: [], entries: [untimed] },
    "within a zip": { entries: [zipped] },
  })) {
    server.found = foundIn("2026-11-24T09:55:00.000Z", 1, "bang", changes);
    clock.advance(3_000);
    const other = await search(user, "bang");
    await asked(monitor);
    t.notMatch(await user.html(other.url), "Лог: ", `${why} nothing can be opened`);
    t.equal((await user.post(`${other.url}/lines`, { posServer: String(id) })).statusCode, 404);
  }
  for (const path of [
    "/log-requests/1?leadsTo=//evil.example",
    "/log-requests/1?leadsTo=https://evil.example",
  ])
    t.equal((await user.get(path)).headers.location, "/pos-servers");
});
