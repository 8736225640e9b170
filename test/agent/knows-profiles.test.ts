import { appendFile, mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { checkClock } from "../../src/agent/command-line/findings.ts";
import { type AgentConfigError, parseAgentConfig } from "../../src/agent/config/config.ts";
import iikocard5 from "../../src/agent/profiles/iikocard5.json" with { type: "json" };
import { chooseDataFolder, dataFolderCandidates, pathsHere } from "../../src/agent/profiles/profile.ts";
import { readConfiguredValue } from "../../src/agent/status/configured-value.ts";
import { compilePattern } from "../../src/protocol/pattern.ts";

async function problemsOf(content: unknown, folder: string): Promise<readonly string[]> {
  const error = await parseAgentConfig(content, folder).catch((reason: AgentConfigError) => reason);
  return "problems" in error ? error.problems : [];
}

t.test("r_keeper 7 needs the name of its service and its folder", async (t) => {
  t.same(await problemsOf({ profile: "rkeeper7" }, "/"), [
    "/service/names: с этим профилем нужно указать имя службы",
    "/logs/directory: нужно указать папку здесь или в /dataDirectory",
    "/database/directory: нужно указать папку здесь или в /dataDirectory",
  ]);
  const content = { profile: "rkeeper7", service: { names: ["rk7srv"] }, dataDirectory: "/rk7" };
  t.match(await parseAgentConfig(content, "/"), {
    profile: { name: "rkeeper7", isTried: false },
    service: { names: ["rk7srv"] },
    logs: { directory: "/rk7", files: ["**/*.stk", "**/*.log"] },
    database: { directory: "/rk7", files: ["rk7.udb", "work.udb", "check.udb"] },
    checks: { port: null, urlAcl: null, mainServer: null },
  });
});

t.test("a configuration says what its profile does not", async (t) => {
  const checks = { port: 7002, mainServer: "[2001:db8::1]", amqpPort: 5672, everySeconds: 30 };
  t.match((await parseAgentConfig({ dataDirectory: "/pos", checks }, "/")).checks, {
    port: 7002,
    urlAcl: "http://+:7001/",
    mainServer: { host: "2001:db8::1", port: 443, amqpPort: 5672 },
    everyMs: 30_000,
  });
  t.match(await problemsOf({ dataDirectory: "/pos", checks: { mainServer: "https://main" } }, "/"), [
    /^\/checks\/mainServer: ожидается строка вида .*, указано "https:\/\/main"$/,
  ]);
});

t.test("a profile of one's own is a file, and what is wrong with it is named", async (t) => {
  const own = {
    ...iikocard5,
    name: "own",
    logs: { folder: "L", files: ["*.log"], succeeded: ["цикл закрыт"], failed: ["(?=x)цикл"] },
  };
  const folder = t.testdir({
    "own.json": `\uFEFF${JSON.stringify(own)}`,
    "wrong.json": JSON.stringify({ ...own, titel: "x", checks: { port: 0 } }),
    "misnamed.json": JSON.stringify({ ...own, name: "x".repeat(65), service: { names: ["--version"] } }),
    "broken.json": "{",
  });
  const config = await parseAgentConfig({ profile: "own.json", dataDirectory: "/pos" }, folder);
  t.match(config, { profile: { name: "own" }, logs: { directory: "/pos/L", files: ["*.log"] } });
  t.ok(config.logs.patterns.succeeded?.matched.some((pattern) => pattern.test("Цикл закрыт")));
  t.match(config.logs.unusablePatterns, [{ path: "own:/logs/failed/0" }]);
  t.match(await problemsOf({ profile: "wrong.json", dataDirectory: "/pos" }, folder), [
    /^профиль .*wrong\.json: \/titel: такой настройки нет$/,
    /wrong\.json: \/checks\/port: ожидается число не меньше 1, указано 0$/,
  ]);
  t.match(await problemsOf({ profile: "misnamed.json", dataDirectory: "/pos" }, folder), [
    /misnamed\.json: \/name: ожидается строка, символов не больше 64, указано "x+"$/,
    /misnamed\.json: \/service\/names\/0: /,
  ]);
  for (const [profile, problem] of [
    ["broken.json", /^\/profile: не удалось прочитать .*broken\.json: .*JSON/],
    ["none.json", /^\/profile: не удалось прочитать .*none\.json: такого файла или папки нет/],
    ["iiko", "/profile: профиля iiko нет. Есть iikocard5, rkeeper7, или укажите файл .json со своим"],
  ] as const)
    t.match(await problemsOf({ profile }, folder), [problem]);
});

t.test("the data lie where the account of the service has them, as the system names folders", async (t) => {
  t.same(dataFolderCandidates(iikocard5).slice(0, 5), [
    "%SystemRoot%\\ServiceProfiles\\iikoCard5POS\\AppData\\Roaming\\iiko\\iikoCard5",
    "%SystemRoot%\\ServiceProfiles\\iikoCardPOS\\AppData\\Roaming\\iiko\\iikoCard5",
    "%SystemRoot%\\ServiceProfiles\\NetworkService\\AppData\\Roaming\\iiko\\iikoCard5",
    "%SystemRoot%\\ServiceProfiles\\LocalService\\AppData\\Roaming\\iiko\\iikoCard5",
    "%SystemDrive%\\Users\\iikoCard5POS\\AppData\\Roaming\\iiko\\iikoCard5",
  ]);
  t.same(pathsHere(["%ROOT%/x", "%NONE%/x", "C:\\x"], { ROOT: "/srv" }), ["/srv/x"], "of this system only");
});

t.test("of several data folders that which was last written into counts", async (t) => {
  const folder = t.testdir({
    file: "",
    left: { Logs: {} },
    used: { Logs: { "pos.log": "" } },
    fresh: { Logs: {} },
  });
  const at = (name: string) => join(folder, name);
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  for (const name of ["left", "left/Logs", "used", "used/Logs", "used/Logs/pos.log", "fresh", "fresh/Logs"])
    await utimes(at(name), hoursAgo(5), hoursAgo(5));
  await utimes(at("left"), hoursAgo(4), hoursAgo(4));
  await utimes(at("used/Logs/pos.log"), hoursAgo(1), hoursAgo(1));
  const candidates = ["file", "none", "left", "used", "fresh"].map(at);
  t.equal(await chooseDataFolder(candidates, "Logs"), at("used"));
  t.equal(await chooseDataFolder([at("none"), at("file")], "Logs"), at("none"), "one to name in messages");
  t.equal(await chooseDataFolder([], "Logs"), undefined);
});

t.test("where Windows tells whose folder it is, its data count, whoever wrote last", async (t) => {
  const folder = t.testdir({
    accounts: { own: { data: { Logs: {} } }, other: { data: { Logs: {} } } },
    empty: {},
  });
  const at = (...names: string[]) => join(folder, ...names);
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of ["data", "data/Logs"]) await utimes(at("accounts/own", name), hourAgo, hourAgo);
  const profile = {
    ...iikocard5,
    accounts: ["own", "other"],
    dataFolders: [at("accounts/{account}/data"), at("elsewhere/{account}/data")],
  };
  await writeFile(at("own.json"), JSON.stringify(profile));
  const asked: (readonly string[])[] = [];
  const chosen = async (profileFolder: string | null, content = {}) => {
    const windows = {
      async profileFolder(names: readonly string[]) {
        asked.push(names);
        return profileFolder;
      },
      utcOffset: async () => null,
    };
    return (await parseAgentConfig({ profile: "own.json", ...content }, folder, windows)).database.directory;
  };
  t.equal(await chosen(null), at("accounts/other/data"), "nobody tells");
  t.equal(await chosen(at("accounts/own")), at("accounts/own/data"));
  t.equal(await chosen(at("empty")), at("accounts/other/data"), "it has not written anything there");
  t.equal(await chosen(at("accounts/own"), { dataDirectory: "/pos" }), "/pos");
  t.same(asked, Array(3).fill(iikocard5.service.names));
});

t.test("where Windows counts its zone otherwise, its logs are read by that", async (t) => {
  const ofNode = -new Date().getTimezoneOffset();
  const offset = async (utcOffset: number | null, content = {}) => {
    const windows = { profileFolder: async () => null, utcOffset: async () => utcOffset };
    return (await parseAgentConfig({ dataDirectory: "/pos", ...content }, "/", windows)).utcOffsetMinutes;
  };
  t.equal(await offset(null), null);
  t.equal(await offset(ofNode), null, "then Node knows the changes of the year too");
  t.equal(await offset(ofNode + 60), ofNode + 60);
  t.equal(await offset(ofNode + 60, { utcOffsetMinutes: 300 }), 300);
  const [, warned] = await checkClock(ofNode, { utcOffset: async () => 14 * 60 });
  t.match(warned, { text: /живёт по UTC\+14:00/ });
});

t.test("CrmId is read from the newest log of iikoFront, its last line that has one", async (t) => {
  const folder = t.testdir({ users: { anna: {}, Борис: {} } });
  const logOf = (user: string) => join(folder, "users", user, "cash-server.log");
  const source = { ...iikocard5.crmId, log: [join(folder, "users/*/cash-server.log")] };
  const profile = { ...iikocard5, crmId: source };
  await writeFile(join(folder, "own.json"), JSON.stringify(profile));
  const { crmId } = await parseAgentConfig({ profile: "own.json", dataDirectory: "/pos" }, folder);
  if (!crmId) throw new Error("the profile has no source of CrmId");
  await t.rejects(readConfiguredValue(crmId), { message: /^there is no .*cash-server\.log$/ });

  await writeFile(logOf("anna"), "[2026-11-24 10:00:00,000] INFO [1] - ID организации : 1\n");
  await utimes(logOf("anna"), new Date(0), new Date(0));
  await writeFile(logOf("Борис"), "начало\n");
  const without = /Борис.* does not contain what its pattern looks for$/;
  await t.rejects(readConfiguredValue(crmId), { message: without });
  const line = (id: number) => `[2026-11-24 10:00:00,000] INFO [1] - Id Организации: ${id}\n`;
  await appendFile(logOf("Борис"), line(100236) + line(100237) + "Касса 1\n".repeat(50_000));
  t.equal(await readConfiguredValue(crmId), "100237");
  await mkdir(join(folder, "users", "cash-server.log"));
  t.equal(await readConfiguredValue(crmId), "100237");
  const here = await parseAgentConfig({ dataDirectory: "/pos" }, "/");
  t.equal(here.crmId, null, "its folders are those of Windows");

  await writeFile(logOf("anna"), '{"time":"2026-11-24T10:00:00Z","msg":"started","version":"9.1.4"}\n');
  const pattern = compilePattern('"version":"([^"]+)"');
  t.equal(await readConfiguredValue({ kind: "log", globs: [logOf("anna")], pattern }), "9.1.4", "of JSON");
});
