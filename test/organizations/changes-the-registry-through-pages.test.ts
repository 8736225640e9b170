import t, { type Test } from "tap";
import { formatPairingString } from "../../src/protocol/pairing-string.ts";
import type { TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { hrefOf, startAdministered, textOf } from "../helpers/page.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";
import { changeRows } from "../helpers/rows.ts";

const PAIRING = {
  address: "https://10.8.3.11:8443",
  posServerId: POS_SERVER_ID,
  token: "a-token-of-the-pairing-string",
  fingerprint: `sha256:${"ab".repeat(32)}`,
};
const NEW_TOKEN = "another-token-for-another-host";

async function start(t: Test) {
  const { monitor, admin } = await startAdministered(t);
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  return { monitor, organizationId, admin };
}

async function registered({ app }: TestMonitor) {
  const rows = await app.database.db.selectFrom("posServer").selectAll().orderBy("id").execute();
  return rows.map(({ sealedToken, ...row }) => ({
    ...row,
    token: sealedToken && app.secretBox.open(sealedToken),
  }));
}

async function actions({ app }: TestMonitor) {
  const events = await recordedEvents(app.database.db);
  return events.filter(({ action }) => action !== "sign_in");
}

t.test("an organization is created, renamed and given another CrmId; its POS servers follow", async (t) => {
  const { monitor, admin } = await start(t);
  const created = await admin.post("/organizations", { name: "  Кафе \u202e«Ёлка» ", crmId: "200100" });
  t.equal(created.headers.location, "/organizations/2");
  const id = await monitor.addPosServer({ organizationId: 2, name: "Мира, 5" });
  t.equal((await admin.post("/organizations/2", { name: "Кафе", crmId: "200200" })).statusCode, 303);
  t.match(await monitor.db.selectFrom("organization").selectAll().where("id", "=", 2).execute(), [
    { name: "Кафе", crmId: "200200" },
  ]);
  t.match(await admin.html("/pos-servers?q=200200"), `id="pos-server-${id}"`);
  t.match(await actions(monitor), [
    {
      action: "organization_create",
      subject: "Кафе «Ёлка»",
      detail: [{ key: "crmId", values: { crmId: "200100" } }],
    },
    {
      action: "organization_change",
      detail: [
        { key: "registryChange", values: { field: "name", before: "Кафе «Ёлка»", after: "Кафе" } },
        { key: "registryChange", values: { field: "crmId", before: "200100", after: "200200" } },
      ],
    },
  ]);
});

t.test("bad input is refused beside its field, keeps what was typed and changes nothing", async (t) => {
  const { monitor, admin } = await start(t);
  const cases: [Record<string, string>, RegExp][] = [
    [{ name: "", crmId: "1" }, /Заполните это поле/],
    [{ name: "x".repeat(101), crmId: "1" }, /не больше 100 знаков/],
    [{ name: "A<b>", crmId: "12x" }, /CrmId состоит только из цифр/],
    [{ name: "A<b>", crmId: "100237" }, /Организация с таким CrmId уже есть/],
  ];
  for (const [fields, message] of cases) {
    const answer = await admin.post("/organizations", fields);
    t.equal(answer.statusCode, 422);
    t.match(textOf(answer.body), message);
    t.notMatch(answer.body, "A<b>");
    t.match(answer.body, `value="${fields.name?.replace("A<b>", "A&lt;b&gt;")}"`);
  }
  t.same(await actions(monitor), []);
});

t.test("an organization is archived after a question, not shown, and comes back", async (t) => {
  const { monitor, organizationId, admin } = await start(t);
  const id = await monitor.addPosServer({ organizationId });
  const path = `/organizations/${organizationId}`;
  const page = await admin.html(path);
  t.equal(hrefOf(page, /archiving/), `${path}/archiving/new`);
  t.notMatch(page, `action="${path}/archiving"`, "one click does nothing yet");
  const question = await admin.get(`${path}/archiving/new`);
  t.match(
    textOf(question.body),
    /Убрать организацию в архив: ООО «Вкусный дом»\?.*1 POS-сервер перестанет опрашиваться.*Вернуть организацию из архива можно/,
  );
  t.match(question.body, `href="${path}" data-dialog-close`);
  t.match(question.body, 'name="archived" value="1"');
  t.equal((await admin.get(`/pos-servers/${id}`)).statusCode, 200, "asking changes nothing");

  const answer = await admin.post(`${path}/archiving`, { archived: "1" });
  t.same([answer.statusCode, answer.headers.location], [303, path]);
  t.notMatch(await admin.html("/pos-servers"), `id="pos-server-${id}"`);
  for (const page of [`/pos-servers/${id}`, `/pos-servers/${id}/edit`])
    t.equal((await admin.get(page)).statusCode, 404, page);
  t.equal((await admin.post(`/pos-servers/${id}/polls`)).statusCode, 404);
  t.notMatch(await admin.html("/organizations"), "Вкусный дом");
  t.match(await admin.html("/organizations?archived=1"), "Вкусный дом");
  const again = await admin.get(`${path}/archiving/new`);
  t.equal(again.headers.location, path, "what is archived is not asked about");
  await admin.post(`${path}/archiving`);
  t.equal((await admin.get(`/pos-servers/${id}`)).statusCode, 200, "the way back is one click");
});

t.test("a pairing string fills everything, and no page shows its token", async (t) => {
  const { monitor, organizationId, admin } = await start(t);
  const path = `/organizations/${organizationId}/pos-servers`;
  const pairingString = formatPairingString(PAIRING);
  const answer = await admin.post(path, { name: "Тверская, 12", pairingString, pollInterval: "30" });
  t.equal(answer.headers.location, "/pos-servers/1");
  const { address, fingerprint, posServerId: identity, token } = PAIRING;
  t.match(await registered(monitor), [{ address, fingerprint, identity, token, pollIntervalMs: 30_000 }]);
  for (const page of ["/pos-servers/1", "/pos-servers/1/edit", "/pos-servers/1/connections/new"]) {
    t.notMatch(await admin.html(page), token, page);
  }

  const again = await admin.post(path, { name: "Другая", pairingString });
  t.equal(again.statusCode, 422);
  t.match(textOf(again.body), /уже подключён под другим названием/);
  t.notMatch(again.body, token, "a refused form does not give the secret back");
  const sameName = await admin.post(path, { name: "ТВЕРСКАЯ, 12", address: "http://10.0.0.1", token: TOKEN });
  t.match(textOf(sameName.body), /с таким названием в этой организации уже есть/);
  t.notMatch(JSON.stringify(await actions(monitor)), token);
});

t.test("a connection that is no connection is refused in words", async (t) => {
  const { monitor, organizationId, admin } = await start(t);
  const https = { address: "https://pos.example:8443", token: TOKEN };
  const cases: [Record<string, string>, RegExp][] = [
    [{}, /Вставьте строку подключения или укажите/],
    [{ pairingString: "poswatch://x?id=1" }, /Это не строка подключения/],
    [{ pairingString: formatPairingString(PAIRING), ...https }, /Нужно что-то одно/],
    [{ address: "ftp://pos.example", token: TOKEN }, /Адрес начинается с http/],
    [{ address: "http://user:word@pos.example", token: TOKEN }, /Адрес начинается с http/],
    [{ address: "http://169.254.169.254", token: TOKEN }, /Poswatch не подключается/],
    [{ address: "https://pos.example" }, /Заполните это поле/],
    [{ ...https, fingerprint: "abc" }, /не отпечаток SHA-256/],
    [
      { address: "http://pos.example", token: TOKEN, fingerprint: PAIRING.fingerprint },
      /только для адреса https/,
    ],
    [{ ...https, pollInterval: "4" }, /от 5 до 3 600/],
    [{ address: `https://${"x".repeat(600)}`, token: TOKEN }, /Слишком длинный адрес/],
  ];
  for (const [fields, message] of cases) {
    const path = `/organizations/${organizationId}/pos-servers`;
    const answer = await admin.post(path, { name: "Мира", ...fields });
    t.equal(answer.statusCode, 422, String(message));
    t.match(textOf(answer.body), message);
    t.notMatch(answer.body, TOKEN);
  }
  t.same(await registered(monitor), []);
});

t.test("the token goes to no other host, port, scheme or certificate: those need it again", async (t) => {
  const { monitor, admin } = await start(t);
  const address = "https://10.8.3.11:8443";
  const { fingerprint } = PAIRING;
  const pinned = { name: "Мира", address, token: TOKEN, fingerprint, identity: POS_SERVER_ID };
  const id = await monitor.addPosServer(pinned);
  const edit = (fields: Record<string, string>) =>
    admin.post(`/pos-servers/${id}`, { name: "Мира", address, fingerprint, ...fields });
  const another = `sha256:${"cd".repeat(32)}`;
  for (const elsewhere of [
    { address: "https://10.8.3.12:8443" },
    { address: "https://10.8.3.11:9443" },
    { address: "http://10.8.3.11:8443", fingerprint: "" }, // a fingerprint is for https alone
  ]) {
    const answer = await edit(elsewhere);
    t.equal(answer.statusCode, 422, elsewhere.address);
    t.match(textOf(answer.body), /укажите новый токен/);
  }
  for (const changed of [another, ""]) {
    const answer = await edit({ fingerprint: changed });
    t.equal(answer.statusCode, 422, changed);
    t.match(answer.body, /id="problem-fingerprint">Отпечаток другой: укажите токен заново/);
  }
  t.match(await registered(monitor), [pinned]);
  t.equal((await edit({ fingerprint: fingerprint.toUpperCase() })).statusCode, 303, "the same in capitals");
  t.match(await registered(monitor), [pinned]);

  t.equal((await edit({ address: `${address}/pos` })).statusCode, 303);
  t.match(await registered(monitor), [{ ...pinned, address: `${address}/pos` }]);
  t.equal((await edit({ fingerprint: another, token: NEW_TOKEN })).statusCode, 303);
  t.match(await registered(monitor), [{ address, token: NEW_TOKEN, fingerprint: another, identity: null }]);
  t.equal((await edit({ fingerprint: "", token: TOKEN })).statusCode, 303);
  t.equal((await edit({ fingerprint })).statusCode, 422, "one more is another, too");
  const moved = { address: "https://10.8.3.12:8443", fingerprint: "" };
  t.equal((await edit(moved)).statusCode, 422);
  t.equal((await edit({ ...moved, token: NEW_TOKEN })).statusCode, 303);
  t.match(await registered(monitor), [{ address: moved.address, token: NEW_TOKEN, fingerprint: null }]);
  const log = JSON.stringify(await actions(monitor));
  t.notMatch(log, TOKEN);
  t.notMatch(log, NEW_TOKEN);
});

t.test("another POS server at the address is accepted when an administrator says so", async (t) => {
  const { monitor, admin } = await start(t);
  const connection = { address: "http://10.8.3.11:8443", identity: "another", token: TOKEN };
  const id = await monitor.addPosServer({ name: "Мира", ...connection });
  const form = { name: "Мира", address: connection.address, keepsLogLines: "1" };
  const accepting = { ...form, acceptIdentity: "1" };
  t.match(await admin.html(`/pos-servers/${id}/edit`), "acceptIdentity");
  const refused = await admin.post(`/pos-servers/${id}`, { ...accepting, name: "" });
  t.match(refused.body, /name="acceptIdentity" value="1"[^>]* checked/, "what was ticked stays so");
  await admin.post(`/pos-servers/${id}`, form);
  t.match(await registered(monitor), [connection], "as long as nobody does");

  t.equal((await admin.post(`/pos-servers/${id}`, accepting)).statusCode, 303);
  t.match(await registered(monitor), [{ ...connection, identity: null }]);
  const detail = [{ key: "registryChange", values: { field: "identity", before: "another", after: null } }];
  t.match(await actions(monitor), [{ action: "pos_server_change", detail }]);
  t.notMatch(await admin.html(`/pos-servers/${id}/edit`), "acceptIdentity", "until it answers");
  await monitor.report(id);
  t.match(await registered(monitor), [{ identity: POS_SERVER_ID }]);
});

t.test(
  "connecting anew replaces a connection, also one that cannot be unsealed, and keeps the history",
  async (t) => {
    const { monitor, admin } = await start(t);
    const id = await monitor.addPosServer({ name: "Мира" });
    await monitor.fail(id, "certificate_changed");
    const pairingString = formatPairingString(PAIRING);
    const answer = await admin.post(`/pos-servers/${id}/connections`, { pairingString });
    t.equal(answer.headers.location, `/pos-servers/${id}`);
    t.match(await registered(monitor), [{ id, address: PAIRING.address, token: PAIRING.token }]);
    t.match(await admin.text(`/pos-servers/${id}`), /История Инциденты 24\.11 Нет связи/);
    t.match(await admin.html("/pos-servers?q=10.8.3.11"), `id="pos-server-${id}"`);

    await changeRows(monitor.db, "posServer", { sealedToken: Buffer.alloc(60, 1) });
    t.equal((await admin.get(`/pos-servers/${id}/edit`)).statusCode, 200, "sealed with another key");
    t.equal((await admin.post(`/pos-servers/${id}/connections`, { pairingString })).statusCode, 303);
    t.match(await registered(monitor), [{ token: PAIRING.token }]);
  },
);

t.test("a POS server is deleted only when its name was typed", async (t) => {
  const { monitor, organizationId, admin } = await start(t);
  const id = await monitor.addPosServer({ organizationId, name: "Мира, 5" });
  t.equal((await admin.post(`/pos-servers/${id}/deletion`, { name: "Мира" })).statusCode, 422);
  t.equal((await registered(monitor)).length, 1);
  const answer = await admin.post(`/pos-servers/${id}/deletion`, { name: "Мира, 5" });
  t.equal(answer.headers.location, `/organizations/${organizationId}`);
  t.same(await registered(monitor), []);
  t.equal((await admin.get(`/pos-servers/${id}`)).statusCode, 404);
  const left = await monitor.db.selectFrom("stateCount").select("posServers").execute();
  t.ok(left.every(({ posServers }) => posServers === 0));
});
