import { once } from "node:events";
import { connect } from "node:net";
import t from "tap";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { beginSession } from "../../src/monitor/people/sessions/sessions.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { logLines } from "../helpers/log-lines.ts";
import { getPage, signedIn, textOf } from "../helpers/page.ts";
import { TOKEN } from "../helpers/pos-server.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";

t.test("an unknown page is a 404 in the viewer's language", async (t) => {
  const monitor = await startMonitor(t);
  for (const url of ["/missing", "/pos-servers/1/x", "/%D1%91", `/${"x".repeat(3_000)}`]) {
    const { statusCode, headers, body } = await getPage(monitor.app, url);
    t.equal(statusCode, 404, url.slice(0, 20));
    t.match(headers["content-type"], "text/html");
    t.match(textOf(body), "Страница не найдена");
  }
  t.match(textOf((await getPage(monitor.app, "/missing", { language: "en" })).body), "Page not found");
  // htmx gets a fragment instead of a page within the page.
  const { statusCode, body } = await getPage(monitor.app, "/missing", { refresh: {} });
  t.equal(statusCode, 404);
  t.notMatch(body, "<html");
  t.match(body, /^<p class="error-message" role="alert">/);
});

t.test("an error of the program shows its number, which is in the log, and nothing of itself", async (t) => {
  const log = logLines();
  const monitor = await startMonitor(t, { logStream: log.stream });
  await monitor.app.database.db.schema.dropTable("stateCount").execute();
  const { statusCode, body } = await getPage(monitor.app, "/pos-servers?list=1");
  t.equal(statusCode, 500);
  t.match(textOf(body), "Ошибка сервера");
  t.notMatch(body, /state_count|SqliteError|node_modules|\.ts:/);
  const [line] = log.ofLevel("error");
  t.match(line, { msg: "A request failed", err: { message: /state_count/ } });
  t.match(textOf(body), `под номером ${line?.reqId}.`);
  t.equal((await getPage(monitor.app, "/pos-servers", { refresh: {} })).statusCode, 500, "and it goes on");
});

t.test("a database that another program holds is said to be held, and nothing is done", async (t) => {
  const monitor = await startMonitor(t);
  const user = await signedIn(monitor);
  const { sqlite } = openDatabase(monitor.app.database.sqlite.name);
  t.teardown(() => sqlite.close());
  sqlite.exec("begin immediate");
  const fields = { language: "en", timeZone: "" };
  const { statusCode, body } = await user.post("/account/preferences", fields);
  t.equal(statusCode, 503);
  t.match(textOf(body), "База данных Poswatch занята другой программой");
  sqlite.exec("rollback");
  t.equal((await user.post("/account/preferences", fields)).statusCode, 303);
});

t.test("no session is in the log at any level, whatever libraries log of requests", async (t) => {
  const log = logLines();
  const monitor = await startMonitor(t, { logStream: log.stream, config: { logLevel: "trace" } });
  const { db } = monitor.app.database;
  const { userId } = await signedIn(monitor, { isAdministrator: true });
  const origin = { address: "127.0.0.1", browser: "" };
  const session = await beginSession(db, userId, origin, monitor.clock());
  await monitor.app.inject({
    method: "POST",
    url: "/organizations/import",
    headers: { "content-type": "multipart/form-data; boundary=x" },
    cookies: { session },
    payload: "--x--\r\n",
  });
  const url = new URL(await monitor.app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  t.teardown(() => socket.destroy());
  socket.write(`NONSENSE / HTTP/1.1\r\nCookie: session=${session}\r\n\r\n`);
  await once(socket, "data");
  t.match(log.text(), "busboyOptions");
  t.match(log.text(), "client error");
  t.notMatch(log.text(), session);
  t.notMatch(log.text(), [...Buffer.from(session)].join(","));
});

t.test("a malformed address is refused as a page, not as JSON", async (t) => {
  const monitor = await startMonitor(t);
  for (const url of ["/%zz", "/pos-servers/%E0%A4%A", "/%"]) {
    const { statusCode, headers, body } = await getPage(monitor.app, url);
    t.ok(statusCode === 400 || statusCode === 404, `${url} is ${statusCode}`);
    t.match(headers["content-type"], "text/html");
    t.notMatch(body, "FST_ERR");
  }
});

t.test("what the router itself refuses is answered like all else", async (t) => {
  const monitor = await startMonitor(t);
  const admin = await signedIn(monitor, { isAdministrator: true });
  for (const id of ["1".repeat(3_000), "0x1", "+1", "%201", "01"]) {
    const { statusCode, body } = await admin.get(`/pos-servers/${id}`);
    t.same([statusCode, textOf(body).includes("Страница не найдена")], [404, true], id.slice(0, 10));
    t.match(await admin.text(`/pos-servers?organization=${id}`), "— не номер организации", id.slice(0, 10));
  }
  const ask = (method: "PUT" | "DELETE" | "POST", url: string) => monitor.app.inject({ method, url });
  for (const [method, url, allow] of [
    ["PUT", "/pos-servers/1?x=1", "GET, HEAD, POST"],
    ["DELETE", "/pos-servers/1/parking", "GET, POST"],
    ["POST", "/api/v1/incidents", "GET, HEAD"],
    ["DELETE", "/agent/connect", "GET, HEAD"],
  ] as const) {
    const { statusCode, headers, body } = await ask(method, url);
    t.same([statusCode, headers.allow], [405, allow], url);
    t.notMatch(body, "FST_ERR");
  }
  t.match(textOf((await ask("PUT", "/login")).body), "Так этот адрес не открыть");
  t.match((await ask("POST", "/api/v1/incidents")).json(), {
    type: "urn:poswatch:problem:method_not_allowed",
  });
  t.equal((await ask("PUT", "/missing")).statusCode, 404);
});

t.test("bytes that are no HTTP are refused, and the next one is served", async (t) => {
  const monitor = await startMonitor(t);
  const url = new URL(await monitor.app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(url.port), url.hostname);
  t.teardown(() => socket.destroy());
  socket.setEncoding("latin1").write("GET / HTTP/1.1\r\nbroken\r\n\r\n");
  const [answer] = await once(socket, "data");
  t.match(answer, /^HTTP\/1\.1 400 /);
  t.equal((await fetch(new URL("/healthz", url))).status, 200);
});

t.test("no token is in any page or log line, whatever fails", async (t) => {
  const log = logLines();
  const monitor = await startMonitor(t, { logStream: log.stream });
  await pollAll(monitor);
  for (const url of ["/pos-servers", "/pos-servers?scope=outside", "/missing"]) {
    t.notMatch((await getPage(monitor.app, url)).body, TOKEN);
  }
  await monitor.app.inject({
    url: "/missing",
    headers: { authorization: `Bearer ${TOKEN}` },
    cookies: { session: TOKEN },
  });
  t.notMatch(log.text(), TOKEN);
});

/** Polls POS servers that fail in several ways. */
async function pollAll(monitor: TestMonitor): Promise<void> {
  const nobody = `127.0.0.1:${NOBODYS_PORT}`;
  for (const address of [`http://${nobody}`, `https://${nobody}`, "nonsense", "ftp://127.0.0.1"]) {
    await monitor.addPosServer({ address });
  }
  for (let second = 0; second < 61; second++) {
    await monitor.app.poller.tick();
    monitor.clock.advance(1_000);
  }
  await monitor.app.poller.idle();
}
