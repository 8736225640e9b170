import t, { type Test } from "tap";
import { takeBackEnrolmentCode } from "../../src/monitor/enrolment/enrolment-codes.ts";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { ACTOR, addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { signedIn } from "../helpers/page.ts";

async function start(t: Test) {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
  const { db } = monitor;
  const posServers = () => db.selectFrom("posServer").selectAll().orderBy("id").execute();
  return { monitor, organizationId, db, posServers };
}

t.test("an agent of one organization joins it under the name of its machine, and at once", async (t) => {
  const { monitor, organizationId, db, posServers } = await start(t);
  const code = await addEnrolmentCode(monitor, { organizationId, maxUses: 3 });
  const order = enrolmentOrder(code, { crmId: "100237", version: "34.2.117.0" });
  t.match(await askToEnrol(monitor, order), {
    status: 201,
    body: { organization: { name: "ООО «Вкусный дом»", crmId: "100237" }, posServer: { name: "KASSA-12" } },
  });
  const place = { organizationId, connection: "dial_out", address: null, fingerprint: null };
  t.match(await posServers(), [{ ...place, identity: order.posServerId }]);
  const second = { posServer: { name: "KASSA-12 2" } };
  t.match(await askToEnrol(monitor, enrolmentOrder(code)), { status: 201, body: second });
  const nameless = enrolmentOrder(code, { host: " \u202e\n " });
  t.match(await askToEnrol(monitor, nameless), { status: 201, body: { posServer: { name: "POS" } } });
  t.match(await db.selectFrom("auditEvent").select(["action", "address", "subject"]).execute(), [
    { action: "enrolment_code_create", subject: "ООО «Вкусный дом»" },
    { action: "pos_server_enrol", address: "127.0.0.1", subject: "KASSA-12" },
    { action: "pos_server_enrol" },
    { action: "pos_server_enrol" },
  ]);
  t.match(await askToEnrol(monitor, enrolmentOrder(code)), { status: 409, body: { error: "used_code" } });
});

t.test("asked again by the same agent it is the same use, whatever has become of the code", async (t) => {
  const { monitor, organizationId, db, posServers } = await start(t);
  const code = await addEnrolmentCode(monitor, { organizationId });
  const order = enrolmentOrder(code);
  t.match(await askToEnrol(monitor, order), { status: 201 });
  monitor.clock.advance(2 * DAY_MS);
  const again = { ...order, posServerId: order.posServerId.toUpperCase() };
  t.match(await askToEnrol(monitor, again), { status: 201, body: { posServer: { name: "KASSA-12" } } });
  t.equal((await posServers()).length, 1);
  const thief = { ...order, token: "another-token-of-somebody-else" };
  t.match(await askToEnrol(monitor, thief), { status: 409, body: { error: "identity_taken" } });

  await db.deleteFrom("posServer").execute();
  t.match(await askToEnrol(monitor, order), { status: 410, body: { error: "ended_code" } });
  const next = await addEnrolmentCode(monitor, { organizationId });
  t.match(await askToEnrol(monitor, { ...order, code: next }), { status: 201 }, "deleted, it may come anew");
});

t.test("an agent that was paired before is let in as the POS server that it is", async (t) => {
  const { monitor, organizationId, db, posServers } = await start(t);
  const code = await addEnrolmentCode(monitor);
  const order = enrolmentOrder(code);
  const { posServerId: identity, token } = order;
  const id = await monitor.addPosServer({ organizationId, name: "Тверская, 12", identity, token });
  const thief = { ...order, token: "another-token-of-somebody-else" };
  t.match(await askToEnrol(monitor, thief), { status: 409, body: { error: "identity_taken" } });
  t.match(await askToEnrol(monitor, order), { status: 201, body: { posServer: { name: "Тверская, 12" } } });
  t.match(await posServers(), [{ id, connection: "dial_out", address: null }]);
  t.match(await db.selectFrom("enrolment").select(["state", "posServerId"]).execute(), [
    { state: "enrolled", posServerId: id },
  ]);
  t.match(await askToEnrol(monitor, enrolmentOrder(code)), { status: 409, body: { error: "used_code" } });
});

t.test("with a code of another organization or POS server it waits, and is called as before", async (t) => {
  const { monitor, organizationId, posServers } = await start(t);
  const order = enrolmentOrder("");
  const { posServerId: identity, token } = order;
  await monitor.addPosServer({ organizationId, identity, token });
  const other = await monitor.addPosServer({ organizationId, address: null });
  const before = await posServers();
  const elsewhere = await monitor.addOrganization("Пекарня", "000512");
  for (const place of [{ organizationId: elsewhere }, { organizationId, posServerId: other }]) {
    const code = await addEnrolmentCode(monitor, place);
    t.match(await askToEnrol(monitor, { ...order, code }), { status: 202 });
  }
  t.same(await posServers(), before);
});

t.test("by CrmId each agent joins the organization that it is bound to", async (t) => {
  const { monitor, organizationId, posServers } = await start(t);
  const code = await addEnrolmentCode(monitor, { maxUses: 4 });
  t.match(await askToEnrol(monitor, enrolmentOrder(code, { crmId: "100237" })), { status: 201 });
  t.match(await posServers(), [{ organizationId }]);
  for (const crmId of ["999999", null, undefined]) {
    const order = enrolmentOrder(code, crmId === undefined ? {} : { crmId });
    const asked = await askToEnrol(monitor, order);
    t.match(asked, { status: 202, body: { retryAfterSeconds: 10 } }, String(crmId));
    t.match(await askToEnrol(monitor, order), { status: 202 }, "and waits on");
  }
  t.equal((await posServers()).length, 1);
  t.match(await askToEnrol(monitor, enrolmentOrder(code)), { status: 409 }, "those that wait have used it");
});

t.test("what an administrator gave away who is none any more is confirmed by another one", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization();
  const { userId } = await signedIn(monitor, { isAdministrator: true });
  const code = await addEnrolmentCode(monitor, { organizationId, maxUses: 9 });
  await monitor.db.updateTable("enrolmentCode").set({ userId }).execute();
  for (const [changes, status] of [
    [{ isAdministrator: 1 }, 201],
    [{ isAdministrator: 0 }, 202],
    [{ isAdministrator: 1, isBlocked: 1 }, 202],
  ] as const) {
    await monitor.db.updateTable("user").set(changes).where("id", "=", userId).execute();
    t.equal((await askToEnrol(monitor, enrolmentOrder(code))).status, status, JSON.stringify(changes));
  }
});

t.test("a code that has ended, was taken back, or is of an archived organization is none", async (t) => {
  const { monitor, organizationId, db, posServers } = await start(t);
  const [ended, takenBack, ofArchived] = [
    await addEnrolmentCode(monitor, { organizationId, endsAt: monitor.clock() + 1_000 }),
    await addEnrolmentCode(monitor, { organizationId }),
    await addEnrolmentCode(monitor, { organizationId }),
  ];
  monitor.clock.advance(1_000);
  t.equal(await takeBackEnrolmentCode(db, ACTOR, 2, monitor.clock()), true);
  t.equal(await takeBackEnrolmentCode(db, ACTOR, 2, monitor.clock()), false);
  await setArchived(db, organizationId, 1);
  for (const code of [ended, takenBack, ofArchived])
    t.match(await askToEnrol(monitor, enrolmentOrder(code)), { status: 410, body: { error: "ended_code" } });
  t.same(await posServers(), []);
});

t.test("codes cannot be guessed: an address has few tries, which stand in nobody else's way", async (t) => {
  const { monitor, organizationId } = await start(t);
  const code = await addEnrolmentCode(monitor, { organizationId, maxUses: 2 });
  const guess = () => askToEnrol(monitor, enrolmentOrder("a".repeat(43)), "127.0.0.7");
  for (let tries = 0; tries < 20; tries += 1)
    t.match(await guess(), { status: 404, body: { error: "unknown_code" } });
  t.match(await guess(), { status: 429, body: { error: "too_many" }, headers: { "retry-after": "900" } });
  const order = enrolmentOrder(code);
  t.match(
    await askToEnrol(monitor, order, "127.0.0.7"),
    { status: 201 },
    "a right code is let in all the same",
  );
  for (let tries = 0; tries < 25; tries += 1)
    t.match(await askToEnrol(monitor, order, "127.0.0.8"), { status: 201 }, "a right code is no guess");
  t.match(await askToEnrol(monitor, enrolmentOrder("a".repeat(43)), "127.0.0.8"), { status: 404 });
});

t.test("wrong orders are refused in JSON, with what is wrong, and nothing of them is kept", async (t) => {
  const { monitor, organizationId, db } = await start(t);
  const code = await addEnrolmentCode(monitor, { organizationId });
  const right = enrolmentOrder(code);
  const { host: _host, ...withoutHost } = right;
  for (const wrong of [
    {},
    [],
    withoutHost,
    { ...right, posServerId: "7" },
    { ...right, token: "a b" },
    { ...right, fingerprint: "sha256:ab" },
    { ...right, host: "x".repeat(300) },
    { ...right, crmId: 100237 },
  ]) {
    const { status, body } = await askToEnrol(monitor, wrong);
    t.equal(status, 400, JSON.stringify(wrong));
    t.match(body, { error: /^(invalid_order|bad_request)$/, message: /./ });
    t.notMatch(JSON.stringify(body), right.token);
  }
  const headers = { "content-type": "application/json" };
  const url = "/agent/enrolments";
  const broken = await monitor.app.inject({ method: "POST", url, headers, payload: "{" });
  t.match([broken.statusCode, broken.json()], [400, { error: "bad_request" }]);
  t.same(await db.selectFrom("enrolment").selectAll().execute(), []);
  t.match(await askToEnrol(monitor, right, "10.1.2.3"), { status: 403, body: { error: "tls_required" } });
});

t.test("neither tokens nor secrets of codes are stored as they are", async (t) => {
  const { monitor } = await start(t);
  const code = await addEnrolmentCode(monitor);
  const order = enrolmentOrder(code);
  await askToEnrol(monitor, order);
  const stored = monitor.app.database.sqlite.serialize();
  t.notOk(stored.includes(order.token));
  t.notOk(stored.includes(code));
});

t.test("uses are counted for good, and one that waits uses no other code while it waits", async (t) => {
  const { monitor, organizationId, db, posServers } = await start(t);
  const uses = async () =>
    (await db.selectFrom("enrolmentCode").select("uses").execute()).map((row) => row.uses);
  const first = await addEnrolmentCode(monitor, { maxUses: 2 });
  const order = enrolmentOrder(first, { crmId: "100999" });
  t.match(await askToEnrol(monitor, order), { status: 202 });
  const second = await addEnrolmentCode(monitor, { maxUses: 2 });
  t.match(await askToEnrol(monitor, { ...order, code: second }), { status: 202 });
  t.match(await askToEnrol(monitor, order), { status: 202 });
  t.same(await uses(), [1, 0]);
  const asked = await db.selectFrom("auditEvent").where("action", "=", "enrolment_ask").selectAll().execute();
  t.equal(asked.length, 1);

  const certain = await addEnrolmentCode(monitor, { organizationId });
  t.match(await askToEnrol(monitor, { ...order, crmId: "100237", code: certain }), { status: 201 });
  t.same(await uses(), [1, 0, 1]);
  t.equal((await posServers()).length, 1);
  await db.deleteFrom("posServer").execute();
  const late = await askToEnrol(monitor, enrolmentOrder(certain));
  t.match(late, { status: 409 }, "deleted ones have used it too");
});
