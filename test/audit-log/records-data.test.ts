import t from "tap";
import { describeRights } from "../../src/monitor/access/save-rights.ts";
import type { AuditAction } from "../../src/monitor/audit-log/actions.ts";
import { type AuditDetail, writeDetail } from "../../src/monitor/audit-log/detail.ts";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { formatPairingString } from "../../src/protocol/pairing-string.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { signedIn, startAdministered, textOf } from "../helpers/page.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";

const FINGERPRINT = `sha256:${"ab".repeat(32)}`;

async function detailsOf({ db }: TestMonitor, ...actions: AuditAction[]) {
  return (await recordedEvents(db, ...actions)).map(({ detail }) => detail);
}

t.test("a POS server's coming, changes and going are recorded as data, its token never", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const organizationId = await monitor.addOrganization();
  const http = "http://10.0.0.1:8443";
  const added = { name: "A", address: http, token: TOKEN };
  await admin.post(`/organizations/${organizationId}/pos-servers`, added);
  const changed = { name: "B → C; open", address: http, token: "another-token" };
  await admin.post("/pos-servers/1", { ...changed, pollInterval: "30", keepsLogLines: "1" });
  const address = "https://10.0.0.2:8443";
  const pairing = { address, posServerId: POS_SERVER_ID, token: TOKEN, fingerprint: FINGERPRINT };
  await admin.post("/pos-servers/1/connections", { pairingString: formatPairingString(pairing) });
  await admin.post("/pos-servers/1/deletion", { name: "B → C; open" });

  const actions = ["create", "change", "reconnect", "delete"] as const;
  const details = await detailsOf(monitor, ...actions.map((action) => `pos_server_${action}` as const));
  t.same(details, [
    [{ key: "address", values: { address: http } }],
    [
      { key: "registryChange", values: { field: "name", before: "A", after: "B → C; open" } },
      { key: "registryChange", values: { field: "interval", before: null, after: 30 } },
      { key: "tokenReplaced", values: {} },
    ],
    [
      { key: "registryChange", values: { field: "address", before: http, after: address } },
      { key: "registryChange", values: { field: "fingerprint", before: null, after: FINGERPRINT } },
      { key: "registryChange", values: { field: "identity", before: null, after: POS_SERVER_ID } },
    ],
    [{ key: "address", values: { address } }],
  ]);
  t.notMatch(JSON.stringify(details), new RegExp(`${TOKEN}|another-token`));
  const shown = await admin.text("/audit?action=pos_server_change");
  t.match(shown, "Название: A → B → C; open; Период опроса: — → 30; Токен заменён");
});

t.test("rights to hundreds of organizations are named up to a hundred, the others counted", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const organizations: number[] = [];
  for (let number = 1; number <= 321; number++) {
    const name = `Организация ${String(number).padStart(3, "0")} ${"я".repeat(80)}`;
    organizations.push(await monitor.addOrganization(name, String(100_000 + number)));
  }
  const user = await signedIn(monitor, { organizations: organizations.slice(320) });
  const organization = organizations.slice(0, 320).map(String);
  await admin.post(`/users/${user.userId}/rights`, { step: "save", organization, allOrganizations: "1" });
  const [detail] = await detailsOf(monitor, "rights_change");
  t.equal(detail?.length, 103);
  t.same(detail?.[0], { key: "allRightsAdded", values: {} });
  t.match(detail?.[100], { key: "rightAdded", values: { crmId: "100100" } });
  t.same(detail?.[101], { key: "moreRightsAdded", values: { count: 220 } });
  t.match(detail?.[102], { key: "rightRemoved", values: { crmId: "100321" } });
  const [, cell = ""] =
    /"audit-detail">(.*?)<\/td>/.exec(await admin.html("/audit?action=rights_change")) ?? [];
  const shown = textOf(cell);
  t.match(shown, /^\+ все нынешние и будущие организации; \+ Организация 001 я+ \(100001\); /);
  t.match(shown, /\(100100\); \+ ещё 220 организаций; − Организация 321 я+ \(100321\)$/);

  const removed = Array.from({ length: 100 }, (_, index) => ({ name: `${index}`, crmId: "1" }));
  const ofHundred = describeRights({ hasAll: null, added: [], removed }).map(({ key }) => key);
  t.same(ofHundred, Array(100).fill("rightRemoved"), "a hundred are all named");
});

t.test("of a text that is too long the beginning is kept, and the detail stays whole", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const actor = { userId: null, login: "someone", name: null, address: "cli" };
  const detail: AuditDetail = [
    { key: "address", values: { address: `"${"x".repeat(2_000)}` } },
    { key: "exported", values: { rows: 5, url: "/audit" } },
  ];
  await recordEvent(db, actor, { action: "sign_out", detail }, monitor.clock());
  await recordEvent(db, actor, { action: "sign_in", detail: [] }, monitor.clock());
  const cut = { key: "address", values: { address: `"${"x".repeat(999)}` } };
  t.same(await detailsOf(monitor, "sign_out"), [[cut, detail[1]]]);
  t.same(await detailsOf(monitor, "sign_in"), [null], "nothing to say");
  const [event] = await db.selectFrom("auditEvent").selectAll().where("action", "=", "sign_out").execute();
  t.equal(event?.detail, writeDetail(detail), "by which an equal one is found");
});
