import t from "tap";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn } from "../helpers/page.ts";
import { startPoller } from "../helpers/poller.ts";

const TOKEN = "t".repeat(32);

t.test("a POS server is polled when it was connected, and its page says what it answered", async (t) => {
  let isHealthy = true;
  const slow = "TLS handshake took longer than 3000 ms";
  const monitor = await startPoller(t, () =>
    isHealthy ? received(monitor.clock()) : failed(monitor.clock(), "connect_timeout", slow),
  );
  const admin = await signedIn(monitor, { isAdministrator: true });
  const organizationId = await monitor.addOrganization();

  const connection = { name: "Тверская, 12", address: "https://10.1.1.1:8443", token: TOKEN };
  const added = await admin.post(`/organizations/${organizationId}/pos-servers`, connection);
  t.equal(added.statusCode, 303);
  const page = String(added.headers.location);
  t.match(page, /^\/pos-servers\/\d+$/);
  t.match(await admin.text(page), /Связь есть: отчёт получен в \d\d:00, версия 34\.2\.117\.0/);
  t.match(monitor.client.calls, [{ address: "https://10.1.1.1:8443", token: TOKEN }]);
  t.match(await monitor.status(Number(page.split("/").at(-1))), { state: "synced" });

  isHealthy = false;
  const address = "https://10.1.1.2:8443";
  const edited = await admin.post(page, { ...connection, address });
  t.same([edited.statusCode, edited.headers.location], [303, page]);
  const failure =
    /Связи нет\. Соединение с POS-сервером не установлено защищённое соединение не установлено за 3 с/;
  t.match(await admin.text(page), failure);
  t.match(monitor.client.calls.at(-1), { address: "https://10.1.1.2:8443" });

  const calls = monitor.client.calls.length;
  await admin.post(page, { name: "Тверская, 14", address: "https://10.1.1.2:8443" });
  t.equal(monitor.client.calls.length, calls, "another name is no reason to ask");
});

t.test("a poll of the former address that still lasts is no answer of the new one", async (t) => {
  const hanging = Promise.withResolvers<void>();
  const monitor = await startPoller(t, async ({ address }) => {
    if (address === "https://10.1.1.1:8443") await hanging.promise;
    return address === "https://10.1.1.1:8443" ? failed(monitor.clock()) : received(monitor.clock());
  });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const id = await monitor.addPosServer({ address: "https://10.1.1.1:8443" });
  const old = monitor.app.pollNow(id);
  await admin.post(`/pos-servers/${id}`, { name: "x", address: "https://10.1.1.2:8443", token: TOKEN });
  t.match(await admin.text(`/pos-servers/${id}`), /Связь есть/);
  hanging.resolve();
  await old;
});
