import t from "tap";
import { DEFAULT_SETTINGS, readSettings } from "../../src/monitor/installation/settings.ts";
import { shownValues } from "../../src/monitor/settings/fields.ts";
import { startMonitor } from "../helpers/app.ts";
import { textOf } from "../helpers/page.ts";
import { signedIn, startAdministered } from "../helpers/sign-in.ts";

const DEFAULTS = shownValues(DEFAULT_SETTINGS);

t.test("witnesses have to answer when they are named, and are kept as they are read", async (t) => {
  const asked: string[] = [];
  const monitor = await startMonitor(t, {
    reachWitness: async ({ host, port }) => {
      asked.push(`${host}:${port}`);
      return host !== "silent.test";
    },
  });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const save = (fields: Record<string, string>) => admin.post("/settings", { ...DEFAULTS, ...fields });
  const refused: [string, string][] = [
    ["a b:x", "«b:x» — не адрес вида host:port."],
    ["169.254.169.254", "«169.254.169.254» вызывать нельзя: такие адреса служебные."],
    ["a b c d e f", "Не больше 5 адресов."],
    [
      "gateway.test, silent.test:80",
      "silent.test:80 сейчас не отвечает. Укажите адреса, которые отвечают всегда.",
    ],
  ];
  for (const [witnesses, problem] of refused) {
    const { statusCode, body } = await save({ witnesses, staleAfterMinutes: "20" });
    t.equal(statusCode, 422, witnesses);
    t.match(textOf(body), problem);
    t.match(body, `value="${witnesses}"`);
  }
  t.equal((await readSettings(monitor.app.database.db)).staleAfterMs, 600_000, "nothing was saved");
  asked.length = 0;
  t.equal((await save({ witnesses: " https://Gateway.test/ ;10.0.0.1:53" })).statusCode, 303);
  t.same(asked, ["Gateway.test:443", "10.0.0.1:53"]);
  t.equal((await readSettings(monitor.app.database.db)).witnesses, "Gateway.test:443, 10.0.0.1:53");
  asked.length = 0;
  await save({ witnesses: "Gateway.test:443, 10.0.0.1:53", staleAfterMinutes: "20" });
  t.same(asked, [], "those that are known are not asked again");
  t.match(
    await admin.text("/audit?action=settings_change"),
    "Адреса-свидетели: — → Gateway.test:443, 10.0.0.1:53",
  );
});

t.test("the address of the heartbeat has no password, and the audit log only its host", async (t) => {
  const { admin } = await startAdministered(t);
  const save = (heartbeatUrl: string) => admin.post("/settings", { ...DEFAULTS, heartbeatUrl });
  for (const url of [
    "ping.test/x",
    "ftp://ping.test/",
    "https://a:b@ping.test/",
    `https://ping.test/${"a".repeat(500)}`,
  ]) {
    const { statusCode, body } = await save(url);
    t.equal(statusCode, 422, url);
    t.match(textOf(body), "Нужен адрес, который начинается с https:// или http://, без логина и пароля.");
  }
  t.match(textOf((await save("http://169.254.169.254/")).body), "Этот адрес вызывать нельзя: он служебный.");
  t.equal((await save("https://ping.test/4f3c-secret")).statusCode, 303);
  t.match(await admin.html("/settings"), 'value="https://ping.test/4f3c-secret"');
  const audit = await admin.html("/audit?action=settings_change");
  t.match(textOf(audit), "Адрес для сигнала «работает»: — → https://ping.test");
  t.notMatch(audit, "4f3c-secret");
});
