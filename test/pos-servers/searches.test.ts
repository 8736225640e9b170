import t from "tap";
import { FRESH_MS } from "../../src/monitor/database/keep-findings.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getHtml, idsOf, type PageRequest, signedIn } from "../helpers/page.ts";

async function search(monitor: TestMonitor, text: string, request: PageRequest = {}): Promise<number[]> {
  const url = `/pos-servers?state=&period=9999&q=${encodeURIComponent(text)}`;
  return idsOf(await getHtml(monitor.app, url, request));
}

t.test("names are found in any case, with Ё or Е, composed or not, and signs of SQL", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer({ name: "Кофейня «Ёлка» на Королёва" });
  const special = await monitor.addPosServer({ name: `100%_'"\\` });
  for (const name of ["Арбат, 3", "100 X"]) await monitor.addPosServer({ name });
  const inCases = ["ёлка", "ЕЛКА", "Ёлка", "королева", "КОРОЛЁВА", "«ёлка»", "  на   королёва "];
  for (const text of [...inCases, "Ёлка".normalize("NFD")]) t.same(await search(monitor, text), [id], text);
  t.same(await search(monitor, "ёлки"), []);
  for (const text of ["%", "_", "'", '"', "\\", `%_'"\\`])
    t.same(await search(monitor, text), [special], text);
  t.same(await search(monitor, "' or 1=1 --"), []);
});

t.test("an address, a CrmId and an error text are found by a part of them", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization("Другая", "555777");
  const address = "https://pos-17.example.org:8443";
  const byAddress = await monitor.addPosServer({ organizationId, address });
  const byError = await monitor.addPosServer({ organizationId, address: "https://10.1.1.1:8443" });
  await monitor.report(byAddress);
  await monitor.report(byError, { error: "Нарушена Целостность базы" });
  t.same(await search(monitor, "POS-17.EXAMPLE"), [byAddress]);
  t.same(await search(monitor, "целостность БАЗЫ"), [byError]);
  t.same((await search(monitor, "5577")).sort(), [byAddress, byError].sort());
  await monitor.report(byError);
  monitor.clock.advance(FRESH_MS);
  t.same(await search(monitor, "целостность"), [], "an error that is over is not found");
});

t.test("the name of an organization finds its POS servers, of the viewer's own alone", async (t) => {
  let access: "all" | number[] = "all";
  const monitor = await startMonitor(t, { access: () => access });
  const bakery = await monitor.addOrganization("Пекарня №1");
  const sushi = await monitor.addOrganization("Суши у пекарни");
  const [loaf, roll] = [
    await monitor.addPosServer({ organizationId: bakery, name: "Невский, 88" }),
    await monitor.addPosServer({ organizationId: sushi, name: "Садовая, 3" }),
  ];
  t.same(await search(monitor, "ПЕКАРН"), [loaf, roll]);
  t.same(await search(monitor, "суши"), [roll]);
  access = [bakery];
  t.same(await search(monitor, "пекарн"), [loaf]);
  t.same(await search(monitor, "суши"), []);
});

t.test("the words of a failure are found in the viewer's language only", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  await monitor.report(id);
  await monitor.fail(id, "unauthorized", "HTTP 401");
  const other = await monitor.addPosServer();
  await monitor.report(other);
  await monitor.fail(other, "dns", "ENOTFOUND pos.example");
  t.same(await search(monitor, "не принял ТОКЕН"), [id]);
  t.same(await search(monitor, "refused the token", { language: "en" }), [id]);
  t.same(await search(monitor, "refused the token"), []);
  t.same(await search(monitor, "enotfound"), [other], "and the technical detail in any");
});

t.test("whoever is added, or renamed with its organization, is found by that at once", async (t) => {
  const monitor = await startMonitor(t);
  const administrator = await signedIn(monitor, { isAdministrator: true });
  const organizationId = await monitor.addOrganization("Пекарня", "700");
  const first = await monitor.addPosServer({ organizationId, name: "Арбат, 5" });
  t.same(await search(monitor, "арбат"), [first]);
  const second = await monitor.addPosServer({ organizationId, name: "Новый Арбат, 7" });
  t.same((await search(monitor, "арбат")).sort(), [first, second]);
  t.same(await search(monitor, "701"), []);
  const renamed = { name: "Пекарня", crmId: "701" };
  t.equal((await administrator.post(`/organizations/${organizationId}`, renamed)).statusCode, 303);
  t.same((await search(monitor, "701")).sort(), [first, second]);
});
