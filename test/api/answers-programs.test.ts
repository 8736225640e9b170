import t from "tap";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { addApiToken } from "../helpers/api.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addExchanging, breakAll, COMMON_ERROR } from "../helpers/incidents.ts";
import { startLogMonitor } from "../helpers/log-monitor.ts";
import { signedIn } from "../helpers/page.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { readZip } from "../helpers/zip-contents.ts";

type Api = Awaited<ReturnType<typeof addApiToken>>;

/** Follows the pages of a list to its end. @param between done after each page. */
async function readAll(api: Api, url: string, between: () => Promise<unknown> = async () => undefined) {
  const items: Record<string, unknown>[] = [];
  let next: string | null = null;
  do {
    const query: string = next === null ? "" : `&cursor=${next}`;
    const answer = await api.get(`${url}${query}`);
    if (answer.statusCode !== 200) throw new Error(answer.body);
    const page: { items: Record<string, unknown>[]; next: string | null } = answer.json();
    items.push(...page.items);
    next = page.next;
    await between();
  } while (next !== null);
  return items;
}

const idsOf = (items: Record<string, unknown>[]) => items.map(({ id }) => id);

t.test("POS servers come in pages that neither repeat nor miss one while rows change", async (t) => {
  const monitor = await startMonitor(t);
  const api = await addApiToken(monitor);
  const ids: number[] = [];
  for (let count = 0; count < 5; count++) ids.push(await monitor.addPosServer());
  let changes = 0;
  const listed = await readAll(api, "/pos-servers?limit=2", async () => {
    const [id = 0] = ids.slice(changes++);
    await monitor.fail(id);
    if (changes === 1) ids.push(await monitor.addPosServer());
  });
  t.same(idsOf(listed), ids);
});

t.test("POS servers are found by state, organization, tag, text and time of change", async (t) => {
  const monitor = await startMonitor(t);
  const api = await addApiToken(monitor);
  const here = await monitor.addOrganization("Здесь");
  const organizationId = await monitor.addOrganization("Там");
  const broken = await monitor.addPosServer({ organizationId: here, name: "Арбат, 1" });
  const well = await monitor.addPosServer({ organizationId, name: "Невский, 2" });
  const parked = await monitor.addPosServer({ organizationId, name: "Садовая, 3", isParked: true });
  await monitor.report(broken, { error: COMMON_ERROR });
  monitor.clock.advance(HOUR_MS);
  await monitor.report(well);
  const silent = await monitor.addPosServer({ organizationId: here, name: "Мира, 4" });
  await monitor.report(silent, { error: COMMON_ERROR });
  monitor.clock.advance(HOUR_MS);
  await monitor.fail(silent);
  await monitor.report(silent, { error: COMMON_ERROR });
  const admin = await signedIn(monitor, { isAdministrator: true });
  await admin.post(`/pos-servers/${well}/tags`, { more: "Флагман" });
  const [now, hourAgo] = [0, HOUR_MS].map((ago) => new Date(monitor.clock() - ago).toISOString());
  const found: Record<string, number[]> = {
    "": [broken, well, parked, silent],
    "state=sync_error": [broken, silent],
    "state=parked": [parked],
    "state=synced": [well],
    [`organization=${here}`]: [broken, silent],
    [`tag=${encodeURIComponent("флагман")}`]: [well],
    "tag=other": [],
    [`q=${encodeURIComponent("невский")}`]: [well],
    [`changedSince=${hourAgo}&state=synced`]: [well],
    [`changedSince=${now}`]: [silent],
  };
  for (const [query, ids] of Object.entries(found))
    t.same(idsOf(await readAll(api, `/pos-servers?limit=200&${query}`)), ids, query);

  const { body } = await api.get(`/pos-servers/${broken}`, { "accept-language": "en-GB,en" });
  t.match(JSON.parse(body), {
    name: "Арбат, 1",
    organization: { id: here, name: "Здесь" },
    state: "sync_error",
    stateSince: "2026-11-24T09:59:30.000Z",
    cause: { code: "main_server_timeout" },
    error: COMMON_ERROR,
    version: "34.2.117.0",
  });
  t.match(JSON.parse(body).cause.title, /^[A-Z]/);
  t.match((await api.get(`/pos-servers/${broken}`)).json().cause.title, /^[А-Я]/);
  t.match((await api.get(`/pos-servers/${well}`)).json(), { tags: ["Флагман"], cause: null, error: null });
});

t.test("history and incidents go on by their cursors, newest first", async (t) => {
  const monitor = await startMonitor(t);
  const api = await addApiToken(monitor);
  const ids = await addExchanging(monitor, 2);
  const [id = 0] = ids;
  for (let round = 0; round < 3; round++) {
    monitor.clock.advance(HOUR_MS);
    await monitor.report(id, { error: "boom" });
    monitor.clock.advance(HOUR_MS);
    await monitor.report(id);
  }
  const history = await readAll(api, `/pos-servers/${id}/history?limit=2`);
  const all = (await api.get(`/pos-servers/${id}/history?limit=200`)).json();
  t.same(history, all.items);
  t.match(history.slice(0, 2), [
    { state: "synced", error: null },
    { state: "sync_error", error: "boom" },
  ]);

  monitor.clock.advance(HOUR_MS);
  await breakAll(monitor, ids);
  const open = await readAll(api, "/incidents?limit=1");
  t.ok(open.length > 0);
  const closed = await readAll(api, "/incidents?limit=1&status=closed");
  t.equal(closed.length, 3);
  t.match(closed, Array(3).fill({ kind: "single", endedBy: "recovered" }));
  const newestFirst = idsOf(closed).toSorted((one, other) => Number(other) - Number(one));
  t.same(idsOf(closed), newestFirst);
  const whole = (await api.get(`/incidents/${open[0]?.id}`)).json();
  t.ok(whole.members.length > 0);
  t.equal((await api.get(`/incidents/${closed[0]?.id}`)).json().members.length, 1);
  t.equal((await api.get("/incidents/987654")).statusCode, 404);
});

t.test("what has not changed is not sent again", async (t) => {
  const monitor = await startMonitor(t);
  const api = await addApiToken(monitor);
  const id = await monitor.addPosServer();
  await monitor.report(id);
  for (const url of ["/pos-servers", `/pos-servers/${id}`, "/incidents", "/openapi.json"]) {
    const { headers } = await api.get(url, { "accept-encoding": "br" });
    const known = { "if-none-match": `"other", W/${headers.etag}`, "accept-encoding": "br" };
    const again = await api.get(url, known);
    t.match(again, { statusCode: 304, body: "", headers: { etag: headers.etag } }, url);
    t.notOk("content-length" in again.headers || "content-encoding" in again.headers);
  }
  const { etag } = (await api.get("/pos-servers")).headers;
  await monitor.report(id, { error: "boom" });
  t.equal((await api.get("/pos-servers", { "if-none-match": String(etag) })).statusCode, 200);
});

t.test("every refusal is a problem that names the wrong fields", async (t) => {
  const monitor = await startMonitor(t);
  const { app } = monitor;
  const api = await addApiToken(monitor);
  const id = await monitor.addPosServer({ isParked: true });
  const waiting = await monitor.addPosServer({ address: null });
  const period = { from: "2026-11-24T09:00:00Z", to: "2026-11-24T08:00:00Z" };
  const { next } = (await api.get("/pos-servers?limit=1")).json();
  t.equal((await api.get(`/pos-servers?cursor=${next}`)).statusCode, 200);
  const wrong = ["x", "%00", `${next}x`, "incidents.1", "pos-servers", "pos-servers.1.2", "pos-servers.-1"];
  const cursors = ["", ...wrong, `pos-servers.${"1".repeat(16)}`];
  const ids = ["0x1", "+1", "%201", "1e0", "01", "1.0", "true", "1".repeat(3_000)];
  const send = (url: string, type: string, payload: string) =>
    api.ask("POST", url, { payload, headers: { "content-type": type } });
  const refused: [Promise<{ statusCode: number; headers: object; body: string }>, number, string[]][] = [
    [api.get("/nothing"), 404, []],
    [api.get("/pos-servers?limit=201"), 400, ["limit"]],
    [api.get("/pos-servers?organisation=1"), 400, ["organisation"]],
    [api.get("/pos-servers/abc"), 400, ["id"]],
    [api.post(`/pos-servers/${id}/log-requests`, { from: "x" }), 400, ["from"]],
    [api.post(`/pos-servers/${id}/log-requests`, period), 409, []],
    [api.post("/batches", { kind: "reset", posServerIds: [id] }), 400, ["kind"]],
    [api.post("/batches", { kind: "park", posServerIds: [id] }), 400, ["kind"]],
    [api.post("/batches", { kind: "logs", posServerIds: [id], logs: period }), 400, ["to"]],
    [api.post("/batches", { kind: "poll", posServerIds: [id] }), 409, []],
    [api.post(`/pos-servers/${waiting}/polls`), 409, []],
    [api.post(`/pos-servers/${waiting}/log-requests`, {}), 409, []],
    [api.get("/incidents/%E0%A4%A"), 404, []],
    [app.inject({ method: "DELETE", url: `/api/v1/pos-servers/${id}` }), 405, []],
    ...ids.map((sent): (typeof refused)[number] => [api.get(`/pos-servers/${sent}`), 400, ["id"]]),
    [api.get("/pos-servers?organization=0x1"), 400, ["organization"]],
    [send("/imports?dryRun=1", "text/csv", "CrmId"), 400, ["dryRun"]],
    [api.post("/batches", { kind: "poll", posServerIds: [true] }), 400, ["posServerIds/0"]],
    [api.post("/batches", { kind: "poll", posServerIds: [String(id)] }), 400, ["posServerIds/0"]],
    [api.post("/batches", { kind: "poll", posServerIds: id }), 400, ["posServerIds"]],
    ...cursors.map((cursor): (typeof refused)[number] => [
      api.get(`/pos-servers?cursor=${cursor}`),
      400,
      ["cursor"],
    ]),
    [api.get(`/incidents?cursor=${next}`), 400, ["cursor"]],
    [send("/batches", "text/plain", "{}"), 415, []],
    [send("/batches", "application/json", "{"), 400, []],
    [send("/batches", "application/x-www-form-urlencoded", "kind=poll"), 415, []],
    [send("/imports", "text/csv", "x".repeat(6_000_000)), 413, []],
  ];
  for (const [asked, status, fields] of refused) {
    const { statusCode, headers, body } = await asked;
    t.equal(statusCode, status, body);
    t.match(headers, { "content-type": /^application\/problem\+json/ });
    const problem = JSON.parse(body);
    t.match(problem, { type: /^urn:poswatch:problem:\w+$/, title: /\w/, status, detail: /\w/ });
    const named = (problem.errors ?? []).map(({ field }: { field: string }) => field);
    t.same(named, fields, body);
  }
  t.equal((await api.get(`/pos-servers/${waiting}`)).json().state, "pending", "nobody was asked");
});

t.test("logs are asked for, followed and downloaded in the token's name", async (t) => {
  const monitor = await startLogMonitor(t);
  monitor.put("sync.log", "8 900 123-45-67\n");
  const { db, posServerId, work } = monitor;
  const api = await addApiToken(monitor, { name: "Служба поддержки" });
  const period = { from: "2026-11-24T00:00:00Z", to: "2026-11-24T10:00:00Z" };
  const asked = await api.post(`/pos-servers/${posServerId}/log-requests`, period);
  t.equal(asked.statusCode, 202, asked.body);
  const { id, status } = asked.json();
  t.match(asked.headers.location, `/api/v1/log-requests/${id}`);
  t.equal(status, "queued");
  await work();
  const followed = (await api.get(`/log-requests/${id}`)).json();
  t.match(followed, { status: "done", failure: null, archives: [{ status: "done", day: "2026-11-24" }] });
  t.match(followed, { plannedFiles: 1, receivedFiles: 1, leftOutFiles: 0 });
  const url = followed.archives[0].url.replace("/api/v1", "");
  await api.get(url);
  const { statusCode, headers, rawPayload } = await api.get(url);
  t.equal(statusCode, 200);
  t.match(headers["content-disposition"], /^attachment/);
  t.same(await readZip(rawPayload), { "sync.log": "8 900 123-45-67\n" }, "as it is, unmasked");
  t.equal((await (await addApiToken(monitor, { scopes: ["read"] })).get(url)).statusCode, 403);

  const actor = { userId: null, userLogin: `token:${api.id}`, userName: "Служба поддержки" };
  const events = await recordedEvents(db, "log_request", "log_archive_download");
  t.equal(events.length, 2, "a download that is repeated is one event");
  for (const event of events) t.match(event, actor);
  const admin = await signedIn(monitor, { isAdministrator: true });
  t.match(await admin.text("/audit"), /токен Служба поддержки/);
  t.match(await admin.text(`/log-requests/${id}`), /токен Служба поддержки/);

  const lastDay = await api.post(`/pos-servers/${posServerId}/log-requests`, {});
  const day = { from: "2026-11-23T10:00:00.000Z", to: "2026-11-24T10:00:59.999Z" };
  t.match(lastDay.json(), { ...day, plannedFiles: null });
});

t.test("a batch does it for many, and says why some are left out", async (t) => {
  const client = createScriptedClient(() => new Promise(() => undefined));
  const monitor = await startMonitor(t, { client });
  const { userId } = await signedIn(monitor, { isAdministrator: true });
  const api = await addApiToken(monitor, { userId, name: "Ночная проверка" });
  const [one, parked] = [await monitor.addPosServer(), await monitor.addPosServer({ isParked: true })];
  const made = await api.post("/batches", { kind: "poll", posServerIds: [one, parked, 987_654] });
  t.equal(made.statusCode, 202, made.body);
  const { id } = made.json();
  t.match(made.headers.location, `/api/v1/batches/${id}`);
  const items = [
    { posServer: { id: one }, status: /^(queued|running)$/ },
    { posServer: { id: parked }, status: "left_out", code: "parked" },
  ];
  t.match((await api.get(`/batches/${id}`)).json(), { kind: "poll", isOpen: true, items });
  t.match(await recordedEvents(monitor.db, "batch"), [{ userId, userName: "Ночная проверка" }]);
  const admin = await signedIn(monitor, { isAdministrator: true });
  t.match(await admin.text("/batches"), /токен Ночная проверка/);
});

t.test("an import is tried first, and carried out as a whole or not at all", async (t) => {
  const monitor = await startMonitor(t);
  const api = await addApiToken(monitor);
  const headers = { "content-type": "text/csv; charset=utf-8" };
  const send = (rows: string, query = "") =>
    api.ask("POST", `/imports${query}`, { payload: `Организация;CrmId;POS-сервер\n${rows}`, headers });
  const count = async () => (await monitor.db.selectFrom("posServer").select("id").execute()).length;
  const good = "ООО А;1;Арбат\nООО А;1;Невский\n";
  const dry = await send(`${good}ООО Б;x;Садовая\n`, "?dryRun=true");
  t.equal(dry.statusCode, 200, dry.body);
  t.match(dry.json(), {
    dryRun: true,
    counts: { create: 2, refuse: 1 },
    rows: [{ row: 2, action: "create" }, { row: 3 }, { row: 4, problems: [{ code: "crm_id_not_digits" }] }],
  });
  const refused = await send(`${good}ООО Б;x;Садовая\n`);
  t.equal(refused.statusCode, 422);
  t.match(refused.json(), { errors: [{ field: "row 4" }] });
  t.equal((await send("", "?dryRun=true")).statusCode, 422, "a file without rows");
  t.equal(await count(), 0);
  t.match((await send(good)).json(), { dryRun: false, counts: { create: 2 } });
  t.equal(await count(), 2);
  t.match((await send(good)).json(), { counts: { create: 0, keep: 2 } }, "again there is nothing to do");
  const events = await recordedEvents(monitor.db, "import");
  t.match(events, [{ subject: "import.csv", userName: "Служба поддержки" }]);
  t.equal(events.length, 1);
});
