import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { type AgentConfigError, parseAgentConfig, readAgentConfig } from "../../src/agent/config/config.ts";

async function problemsOf(content: unknown): Promise<readonly string[]> {
  const error = await parseAgentConfig(content, "/etc/poswatch").catch((reason: AgentConfigError) => reason);
  return "problems" in error ? error.problems : [];
}

t.test("everything but the data folder has a default", async (t) => {
  const config = await parseAgentConfig({ dataDirectory: "pos" }, "/etc/poswatch");
  t.match(config, {
    host: "0.0.0.0",
    port: null,
    pathPrefix: "",
    publicAddress: null,
    stateDirectory: "/var/lib/poswatch-agent",
    utcOffsetMinutes: null,
    crmId: null,
    version: null,
    service: { names: ["iikoCard5POS", "iikoCardPOS"], control: "systemd" },
    logs: { directory: "/etc/poswatch/pos/Logs", encoding: "auto", maxBytesPerSecond: null },
    database: {
      directory: "/etc/poswatch/pos",
      files: ["*.mdf", "*.ldf", "*.sdf", "*.db*"],
      quarantineDirectory: "/etc/poswatch/pos/quarantine",
      quarantineDays: 14,
    },
  });
  t.match(config.service, { stopTimeoutMs: 90_000, startTimeoutMs: 90_000 });
});

t.test("the example of the documentation is a valid configuration", async (t) => {
  const example = new URL("../../src/agent/agent.example.json", import.meta.url);
  const config = await parseAgentConfig(JSON.parse(await readFile(example, "utf8")), "/");
  t.match(config, { publicAddress: "pos-7.example.lan", crmId: { kind: "value", value: "100237" } });
});

t.test("every problem is named with its path, what is expected and what was found", async (t) => {
  t.same(await problemsOf({}), [
    "/logs/directory: нужно указать папку здесь или в /dataDirectory",
    "/database/directory: нужно указать папку здесь или в /dataDirectory",
  ]);
  const own = { port: "8443", prot: 1, pathPrefix: "restaurant/", host: "", database: "pos.db" };
  t.same((await problemsOf(own)).toSorted(), [
    '/database: ожидается набор настроек, указано "pos.db"',
    '/host: ожидается строка, символов не меньше 1, указано ""',
    '/pathPrefix: ожидается строка вида ^(/[A-Za-z0-9._~-]+)*$, указано "restaurant/"',
    '/port: ожидается целое число, указано "8443"',
    "/prot: такой настройки нет",
  ]);
  const parts = {
    logs: { encodng: "utf-8", encoding: "utf-16", files: [], maxBytesPerSecond: 100 },
    service: { names: ["--version"], timeoutMs: 9_000, commands: {} },
  };
  t.same((await problemsOf(parts)).toSorted(), [
    '/logs/encoding: ожидается одно из значений auto, utf-8, windows-1251, указано "utf-16"',
    "/logs/encodng: такой настройки нет",
    "/logs/files: ожидается список, элементов не меньше 1, указано []",
    "/logs/maxBytesPerSecond: ожидается число не меньше 4096, указано 100",
    "/service/commands: не указано обязательное: status",
    '/service/names/0: ожидается строка вида ^[^\\s\\-/\\\\][^/\\\\]{0,255}$, указано "--version"',
    "/service/timeoutMs: ожидается число не больше 3000, указано 9000",
  ]);
  const meanings = {
    service: { control: "commands" },
    version: { file: "v", pattern: "(" },
    logs: { failed: ["fine", "*"], timestamp: "^(?<year>\\d+)" },
  };
  t.match(await problemsOf({ dataDirectory: "/pos", ...meanings }), [
    '/service/commands: при control "commands" нужно указать команды службы',
    /^\/version\/pattern: регулярное выражение с ошибкой: Invalid regular expression/,
    /^\/logs\/failed\/1 Invalid regular expression/,
    ...["month", "day", "hour", "minute", "second"].map((part) => `/logs/timestamp has no group ${part}`),
  ]);
  t.match(await problemsOf({ dataDirectory: "/pos", version: { value: "1", file: "v" } }), [
    /^\/version: ожидается ровно одно из value, file, log, command, .*, указано {"value":"1","file":"v"}$/,
  ]);
  for (const stateDirectory of ["/pos", "/pos/..", "/"])
    t.same(await problemsOf({ dataDirectory: "/pos", stateDirectory }), [
      "/stateDirectory: не может быть папкой базы данных или папкой, в которой та лежит",
    ]);
  t.match(await problemsOf([]), ["/: ожидается набор настроек, указано []"]);
});

t.test("a file is read as Notepad saves it, and one that cannot be read is a problem", async (t) => {
  const whole = '\uFEFF{ "dataDirectory": "pos" }';
  const folder = t.testdir({ "agent.json": whole, "broken.json": '{ "port": 1,, }' });
  const { database } = await readAgentConfig(join(folder, "agent.json"));
  t.equal(database.directory, join(folder, "pos"));
  await t.rejects(readAgentConfig(join(folder, "broken.json")), {
    message: /^Ошибки в настройках агента: не удалось прочитать .*broken\.json: .*JSON/,
  });
  await t.rejects(readAgentConfig(join(folder, "missing.json")), {
    message: /missing\.json: такого файла или папки нет/,
  });
  await writeFile(join(folder, "agent.json"), "");
  await t.rejects(readAgentConfig(join(folder, "agent.json")), { message: /agent\.json: / });
});

t.test("a pattern that could take any time stops no agent: its list is guessed", async (t) => {
  const content = {
    dataDirectory: "/pos",
    logs: { failed: ["плохо", "(?=сбой)обмен"], excluded: ["(x)\\1"], attempted: ["(?<!не )начат"] },
  };
  const { logs } = await parseAgentConfig(content, "/");
  t.match(logs.unusablePatterns, [
    { path: "/logs/failed/1", reason: /invalid or unsupported Perl syntax/ },
    { path: "/logs/excluded/0", reason: /invalid escape sequence/ },
  ]);
  t.equal(logs.patterns.failed, null);
  const isAttempt = (text: string) => logs.patterns.attempted?.matched.some((pattern) => pattern.test(text));
  t.ok(isAttempt("обмен начат"));
  t.notOk(isAttempt("не начат"), "looking behind is fine");
});

t.test("a configuration under which its token would be told to anybody is refused", async (t) => {
  const problems = (dialOut: object) => problemsOf({ dataDirectory: "/pos", dialOut });
  t.same(await problems({ monitor: "https://poswatch.example:8443/" }), []);
  t.same(await problems({ monitor: "http://localhost:8080" }), []);
  t.match(await problems({ monitor: "http://poswatch.example" }), [
    /^\/dialOut\/monitor: адрес должен начинаться с https/,
  ]);
  for (const monitor of ["poswatch.example", "ftp://x", "https://a:b@poswatch.example", "https://x/?a"])
    t.match(await problems({ monitor }), [/^\/dialOut\/monitor: ожидается адрес/], monitor);
  for (const proxy of ["p", "socks5://p:1080", "http://login:1234#5@p", "http://login:1234/5@p"]) {
    const [problem, ...others] = await problems({ monitor: "https://x", proxy });
    t.match(problem, /^\/dialOut\/proxy: ожидается адрес(?!.*1234)/);
    t.same(others, []);
  }
  t.match(await problems({ monitor: "https://x", pins: ["sha256:ab"] }), [/^\/dialOut\/pins\/0: /]);
  t.same(await problems({ proxy: "http://p:3128" }), [], "the monitor is that of a code");
  t.match(await problems({ pins: [`sha256:${"0".repeat(64)}`] }), [/^\/dialOut\/pins: указаны без/]);
});
