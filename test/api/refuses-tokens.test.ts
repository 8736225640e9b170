import t, { type Test } from "tap";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { addApiToken } from "../helpers/api.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import { logLines } from "../helpers/log-lines.ts";
import { signedIn } from "../helpers/page.ts";
import { addRow, changeRows, readRow } from "../helpers/rows.ts";

const LIST = "/api/v1/pos-servers";
const EMPTY_JSON = { "content-type": "application/json", "content-length": "0" };
const WRONG = `Bearer ${"x".repeat(43)}`;

/** Every row that a refused request might have written. */
const countRows = ({ app: { database } }: TestMonitor) =>
  ["audit_event", "access_token", "log_request", "batch"].map((table) =>
    database.sqlite.prepare(`select count(*) from ${table}`).pluck().get(),
  );

async function startWithMaker(t: Test) {
  const monitor = await startMonitor(t);
  const here = await monitor.addOrganization("Здесь");
  const elsewhere = await monitor.addOrganization("Там");
  const ids = [
    await monitor.addPosServer({ organizationId: here }),
    await monitor.addPosServer({ organizationId: elsewhere }),
  ];
  const { userId } = await signedIn(monitor, { isAdministrator: true });
  const api = await addApiToken(monitor, { userId });
  const change = (columns: object) => changeRows(monitor.db, "user", columns, { id: userId });
  const seen = async () => (await api.get("/pos-servers")).json().items.map(({ id }: { id: number }) => id);
  return { monitor, here, elsewhere, ids, userId, api, change, seen };
}

t.test("without a token, or with one that is none, there is a problem and a challenge", async (t) => {
  const monitor = await startMonitor(t);
  const { token, authorization } = await addApiToken(monitor);
  const admin = await signedIn(monitor, { isAdministrator: true });
  const ask = (headers: Record<string, string>, url = LIST) => monitor.app.inject({ url, headers });
  const answers = [
    await ask({}),
    await ask({ authorization: WRONG }),
    await ask({ authorization: "Bearer x" }),
    await ask({ authorization: `Basic ${token}` }),
    await ask({ authorization: `${authorization}x` }),
    await ask({}, `${LIST}?token=${token}`),
    await ask({}, `${LIST}?access_token=${token}`),
    await admin.get(LIST),
  ];
  for (const { statusCode, headers, body } of answers) {
    t.equal(statusCode, 401, body);
    t.match(headers["content-type"], /^application\/problem\+json/);
    t.match(headers["www-authenticate"], /^Bearer/);
    t.match(JSON.parse(body), { type: "urn:poswatch:problem:unauthorized", status: 401 });
  }
  const inAddress = await ask({ authorization }, `${LIST}?token=${token}`);
  t.equal(inAddress.statusCode, 400, "it belongs in no address");
  t.equal((await ask({ authorization }, "/account")).statusCode, 303);
});

t.test("wrong tokens are limited by address, also many at once, and write nothing", async (t) => {
  const monitor = await startMonitor(t);
  const fresh = await addApiToken(monitor);
  const before = countRows(monitor);
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => monitor.app.inject({ url: LIST, headers: { authorization: WRONG } })),
  );
  const count = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length;
  t.same([count(401), count(429)], [20, 40]);
  t.match(answers.at(-1)?.headers["retry-after"], /^\d+$/);
  t.same(countRows(monitor), before);
  t.equal((await fresh.get("/pos-servers")).statusCode, 200, "a right one is let in, though it is new");
});

t.test("a token may ask 300 times a minute, and one that floods holds up no other", async (t) => {
  const monitor = await startMonitor(t);
  const [api, other] = [await addApiToken(monitor), await addApiToken(monitor)];
  await api.get("/incidents");
  const before = countRows(monitor);
  const answers = await Promise.all(Array.from({ length: 320 }, () => api.post("/batches", {})));
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  t.equal(refused.length, 21);
  for (const { headers } of refused)
    t.ok(Number(headers["retry-after"]) >= 1 && Number(headers["retry-after"]) <= 60);
  t.equal((await other.get("/incidents")).statusCode, 200);
  t.same(countRows(monitor), before);
});

t.test("each scope opens its own operations and no other", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer({ isParked: true, address: null });
  const period = { from: "2026-11-24T08:00:00Z", to: "2026-11-24T09:00:00Z" };
  const calls = {
    read: ["GET", "/pos-servers"],
    poll: ["POST", `/pos-servers/${id}/polls`],
    logs: ["POST", `/pos-servers/${id}/log-requests`, period],
    batches: ["GET", "/batches/1"],
    import: ["POST", "/imports"],
  } as const;
  for (const scope of [...Object.keys(calls), "metrics"]) {
    const api = await addApiToken(monitor, { scopes: [scope as keyof typeof calls] });
    for (const [needed, [method, url, payload]] of Object.entries(calls)) {
      const { statusCode, headers, body } = await api.ask(method, url, payload ? { payload } : {});
      t.equal(statusCode === 403, needed !== scope, `${needed} by ${scope}: ${body}`);
      if (needed !== scope)
        t.match(headers["www-authenticate"], `error="insufficient_scope", scope="${needed}"`);
    }
    t.equal((await api.get("/openapi.json")).statusCode, 200);
  }
  const many = await addApiToken(monitor, { scopes: ["batches"] });
  const answer = await many.post("/batches", { kind: "poll", posServerIds: [id] });
  t.equal(answer.statusCode, 403, "for many nothing that is not allowed for one");
});

t.test("a token ends, and is no guess afterwards", async (t) => {
  const monitor = await startMonitor(t);
  const api = await addApiToken(monitor, { days: 30 });
  monitor.clock.advance(30 * 24 * HOUR_MS - 1);
  t.equal((await api.get("/pos-servers")).statusCode, 200);
  const usedAt = async () => (await readRow(monitor.db, "accessToken")).usedAt;
  const last = await usedAt();
  monitor.clock.advance(1);
  for (let attempt = 0; attempt < 25; attempt++) {
    const { statusCode, body } = await api.get("/pos-servers");
    t.equal(statusCode, 401);
    t.match(body, "has ended");
  }
  monitor.clock.advance(HOUR_MS);
  await api.get("/pos-servers");
  t.equal(await usedAt(), last, "what is refused is no use");
  t.equal((await (await addApiToken(monitor)).get("/pos-servers")).statusCode, 200);
});

t.test("it never sees more than its maker sees now: nothing where they are blocked or gone", async (t) => {
  const { api, change, here, ids, monitor, seen, userId } = await startWithMaker(t);
  const [own = 0, other = 0] = ids;
  const status = async (url = "/pos-servers") => (await api.get(url)).statusCode;
  t.same(await seen(), ids);
  await change({ isBlocked: 1 });
  t.equal(await status(), 401);
  await change({ isBlocked: 0, isAdministrator: 0 });
  t.same(await seen(), [], "they have no right any more");
  await addRow(monitor.db, "userOrganization", { userId, organizationId: here });
  t.same(await seen(), [own]);
  t.equal(await status(`/pos-servers/${other}`), 404);
  await change({ hasAllOrganizations: 1 });
  t.same(await seen(), ids);
  const file = { payload: "Организация;CrmId\nА;1\n", headers: { "content-type": "text/csv" } };
  t.equal((await api.ask("POST", "/imports", file)).statusCode, 403, "only administrators import");
  await monitor.db.deleteFrom("user").where("id", "=", userId).execute();
  t.equal(await status(), 401);
});

t.test("what is of another organization is answered like what is not there", async (t) => {
  const { monitor, here, ids } = await startWithMaker(t);
  const [, other = 0] = ids;
  const api = await addApiToken(monitor, { organizations: [here] });
  const period = { from: "2026-11-24T08:00:00Z", to: "2026-11-24T09:00:00Z" };
  const answers = async (id: number) => [
    await api.get(`/pos-servers/${id}`),
    await api.get(`/pos-servers/${id}/history`),
    await api.post(`/pos-servers/${id}/polls`, undefined, EMPTY_JSON),
    await api.post(`/pos-servers/${id}/log-requests`, period),
    await api.post("/batches", { kind: "poll", posServerIds: [id] }),
  ];
  const nothing = await answers(987_654);
  for (const [index, { statusCode, body }] of (await answers(other)).entries()) {
    t.equal(statusCode, 404);
    t.equal(body, nothing[index]?.body);
  }
  const another = await addApiToken(monitor);
  const { id } = (await another.post("/batches", { kind: "poll", posServerIds: [other] })).json();
  t.equal((await api.get(`/batches/${id}`)).statusCode, 404, "a batch is its own token's");
});

t.test("of what many share a token sees its own part alone, also of what it began itself", async (t) => {
  const { monitor, here, elsewhere, userId, api, change } = await startWithMaker(t);
  const mine = await addExchanging(monitor, 5, [here]);
  const others = await addExchanging(monitor, 5, [elsewhere]);
  const made = await api.post("/batches", { kind: "poll", posServerIds: [...mine, ...others] });
  const { id: batch } = made.json();
  monitor.clock.advance(HOUR_MS);
  await breakAll(monitor, [...mine, ...others]);
  await change({ isAdministrator: 0 });
  await addRow(monitor.db, "userOrganization", { userId, organizationId: here });
  const [common] = (await api.get("/incidents?kind=common")).json().items;
  const { members } = (await api.get(`/incidents/${common?.id}`)).json();
  t.same(members.map(({ id }: { id: number }) => id).sort(), mine);
  const { items } = (await api.get(`/batches/${batch}`)).json();
  t.same(items.map(({ posServer }: { posServer: { id: number } }) => posServer.id).sort(), mine);
});

t.test("no token is in the log, nor in the database", async (t) => {
  const log = logLines();
  const monitor = await startMonitor(t, { logStream: log.stream });
  const api = await addApiToken(monitor);
  await api.get("/pos-servers");
  await api.get("/pos-servers?limit=x");
  monitor.app.database.sqlite.exec("alter table pos_check rename to gone");
  const id = await monitor.addPosServer();
  const { statusCode, headers, body } = await api.get(`/pos-servers/${id}`);
  t.equal(statusCode, 500);
  t.match(headers["content-type"], /^application\/problem\+json/);
  t.notMatch(body, /pos_check|SQLITE/);
  t.match(log.text(), "A request failed");
  t.notMatch(log.text(), api.token);
  t.notOk(monitor.app.database.sqlite.serialize().includes(api.token));
});
