import { createServer } from "node:https";
import t from "tap";
import { formatPairingString } from "../../src/protocol/pairing-string.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { makeCertificate } from "../helpers/certificate.ts";
import { makeFolder } from "../helpers/folder.ts";
import { listen } from "../helpers/listen.ts";
import { startMonitorProcess, withDatabase } from "../helpers/monitor-process.ts";
import { reportAt } from "../helpers/outcomes.ts";
import { rowsOf } from "../helpers/page.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";
import { register } from "../helpers/register.ts";
import { waitFor } from "../helpers/wait-for.ts";

const PAIRING = formatPairingString({
  address: "https://127.0.0.1:8443",
  posServerId: POS_SERVER_ID,
  token: TOKEN,
  fingerprint: `sha256:${"ab".repeat(32)}`,
});

const registryOf = (dataDir: string) =>
  withDatabase(dataDir, async (db) => ({
    organizations: await db.selectFrom("organization").select(["name", "crmId"]).execute(),
    posServers: await db.selectFrom("posServer").select(["name", "address"]).execute(),
    events: await recordedEvents(db),
  }));

t.test("a pairing string is taken up by a monitor that runs, and its token is in no log", async (t) => {
  const dataDir = makeFolder(t);
  const { cert, key, fingerprint } = await makeCertificate();
  const posServer = createServer({ cert, key }, (request, response) => {
    response.statusCode = request.headers.authorization === `Bearer ${TOKEN}` ? 200 : 401;
    response.end(JSON.stringify(reportAt(Date.now())));
  });
  const port = await listen(t, posServer);
  const monitor = await startMonitorProcess(t, dataDir, { LOG_LEVEL: "trace" });
  const address = `https://127.0.0.1:${port}`;
  const pairing = { address, posServerId: POS_SERVER_ID, token: TOKEN, fingerprint };
  const { code, output } = await register(t, dataDir, { input: `  ${formatPairingString(pairing)}\r\n` });
  t.equal(code, 0, output);
  t.match(output, /^POS server 1 is in the registry/);
  await waitFor(async () => rowsOf(await monitor.page("/pos-servers"))[0]?.state === "synced");
  monitor.child.kill("SIGTERM");
  t.equal(await monitor.ended, 0);
  t.notMatch(monitor.output() + output, TOKEN);
});

t.test("the second of an organization needs no name of it; what is wrong changes nothing", async (t) => {
  const dataDir = makeFolder(t);
  await register(t, dataDir, { input: PAIRING });
  const http = "http://10.0.0.1:8443/";
  const plain = { http, input: "another-token\n", name: "Арбат", organization: null };
  t.match(await register(t, dataDir, plain), { code: 0 });
  const before = await registryOf(dataDir);
  const { events, ...registry } = before;
  t.same(registry, {
    organizations: [{ name: "ООО «Вкусный дом»", crmId: "100237" }],
    posServers: [
      { name: "Тверская, 12", address: "https://127.0.0.1:8443" },
      { name: "Арбат", address: "http://10.0.0.1:8443" },
    ],
  });
  const byOwner = { userId: null, userLogin: "cli", address: "cli", result: "done", organizationId: 1 };
  const created = { ...byOwner, action: "pos_server_create" };
  const crmId = { key: "crmId", values: { crmId: "100237" } };
  const address = { key: "address", values: { address: "https://127.0.0.1:8443" } };
  t.match(events, [
    { ...byOwner, action: "organization_create", subject: "ООО «Вкусный дом»", detail: [crmId] },
    { ...created, subject: "Тверская, 12", posServerId: 1, detail: [address] },
    { ...created, subject: "Арбат", posServerId: 2 },
  ]);
  t.notMatch(JSON.stringify(events), new RegExp(`another-token|${TOKEN}`));

  const other = PAIRING.replace(POS_SERVER_ID, "00000000-0000-4000-8000-000000000001");
  const refused: [Parameters<typeof register>[2], RegExp][] = [
    [
      { crmId: "555", organization: "Другая", input: PAIRING },
      /^This POS server is in the registry already\.\n$/,
    ],
    [{ input: other }, /^The organization has a POS server of this name already\.\n$/],
    [{ crmId: "555", organization: null, input: other }, /^There is no organization with CrmId 555 yet/],
    [{ name: "x", input: "poswatch://nonsense" }, /^This is no pairing string/],
    [{ name: "x", http: "https://10.0.0.1", input: "t" }, /^--http takes an address such as/],
    [{ name: "x", http: "http://user:secret@10.0.0.1", input: "t" }, /^--http takes an address such as/],
    [{ crmId: "abc", input: other }, /^Adds a POS server to the registry/],
    [{ name: " ", input: other }, /^Adds a POS server to the registry/],
  ];
  for (const [registration, message] of refused) {
    const { code, output } = await register(t, dataDir, registration);
    t.equal(code, 1, output);
    t.match(output, message);
    t.notMatch(output, new RegExp(`secret|${TOKEN}`));
  }
  t.same(await registryOf(dataDir), before);
});
