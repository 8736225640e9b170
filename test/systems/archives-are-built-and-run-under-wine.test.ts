import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeFolder } from "../helpers/folder.ts";
import { laterMigration } from "../helpers/installed-monitor.ts";
import { postForm, withDatabase } from "../helpers/monitor-process.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { noWine, startWine } from "../helpers/wine.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const INSTALLED = "C:\\Program Files\\Poswatch Monitor\\poswatch.exe";

t.test("both archives are built at once, and that for Windows is installed", { skip: noWine }, async (t) => {
  const folder = makeFolder(t);
  const build = startProgram(t, "src/packaging/build.ts", { args: ["--to", folder] });
  t.equal(await build.ended, 0, build.output());
  const [linux, windows] = [`poswatch-${version}-linux-x64`, `poswatch-${version}-windows-x64`];
  const sbom = `poswatch-${version}.sbom.json`;
  t.same(readdirSync(folder).sort(), ["SHA256SUMS", `${linux}.tar.gz`, `${windows}.zip`, sbom].sort());
  execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder });
  const { components } = JSON.parse(readFileSync(join(folder, sbom), "utf8"));
  const names = components.map(({ name }: { name: string }) => name);
  t.ok(names.includes("fastify"));
  t.notOk(names.includes("esbuild"), "it stays with those who build");
  for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode & 0o777, 0o644);
  const listed = execFileSync("tar", ["tzf", join(folder, `${linux}.tar.gz`)], { encoding: "utf8" });
  t.match(listed, `${linux}/app/agent-packages/windows.zip`);

  const wine = await startWine(t);
  execFileSync("unzip", ["-q", join(folder, `${windows}.zip`), "-d", wine.path("some folder")]);
  const data = wine.path("ProgramData", "Poswatch Monitor");
  const url = `http://127.0.0.1:${await findFreePort()}`;
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, "poswatch.env"), `PORT=${new URL(url).port}\r\n`);
  const install = (unpacked: string) => wine.run(`C:\\some folder\\${unpacked}\\poswatch.exe`, "install");
  const poswatch = (...args: string[]) => wine.run(INSTALLED, ...args);
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );

  const installed = await install(windows);
  t.match(installed, { exitCode: 0, output: `Poswatch works, and starts with this system: ${url}` });
  t.match((await wine.run("sc.exe", "query", "Poswatch")).output, /STATE\s+: 4\s+RUNNING/);
  t.equal((await fetch(`${url}/agent/windows.zip`)).status, 200, "the agent's package is inside");
  const token = readFileSync(join(data, "setup-token"), "utf8").trim();
  const who = { login: "anna", name: "Анна", password: "long enough", repeated: "long enough" };
  const agentPort = await findFreePort();
  const address = { publicAddress: `https://127.0.0.1:${agentPort}`, tls: "own" };
  t.equal((await postForm(url, "/setup", { token, ...who, ...address })).status, 200);
  await waitFor(async () => readFileSync(join(data, "monitor.log"), "utf8").includes(`"port":${agentPort}`));
  await waitFor(isReady);
  t.match(await poswatch("user", "list"), { exitCode: 0, output: "anna" });
  t.match((await poswatch("doctor")).output, /^\+ Database: Whole/m);

  const signedIn = await postForm(url, "/login", { login: "anna", password: "long enough" });
  const [set = ""] = signedIn.headers.getSetCookie().filter((one) => one.startsWith("session="));
  const cookie = set.split(";")[0] ?? "";
  const page = async (path: string) =>
    await (await fetch(url + path, { headers: { cookie, "accept-language": "ru" } })).text();
  await postForm(url, "/first-start/codes", {}, cookie);
  const [, code = ""] =
    /<code id="unpacked">poswatch-agent\.exe install --code ([^<\s]+)/.exec(await page("/first-start")) ?? [];
  writeFileSync(
    wine.path("agent.zip"),
    Buffer.from(await (await fetch(`${url}/agent/windows.zip`)).arrayBuffer()),
  );
  execFileSync("unzip", ["-q", wine.path("agent.zip"), "-d", wine.path("agent")]);
  t.equal((await wine.run("C:\\agent\\poswatch-agent.exe", "install", "--code", code)).exitCode, 0);
  await waitFor(async () => /name="enrolment"/.test(await page("/first-start")));
  const fields = { enrolment: "1", name: "Сеть", crmId: "100237", posServer: "Тверская, 12" };
  t.equal((await postForm(url, "/first-start/organizations", fields, cookie)).status, 303);
  const hasAnswered = () =>
    withDatabase(data, (db) => db.selectFrom("posStatus").select("lastUpdateAt").executeTakeFirst()).then(
      (row) => row?.lastUpdateAt != null,
    );
  await waitFor(hasAnswered);
  t.match(await page("/pos-servers"), /Тверская, 12/, "the first row");

  t.match(await poswatch("backup", "C:\\kept.backup"), { exitCode: 0, output: /is whole/ });
  t.equal((await poswatch("nonsense")).exitCode, 2, "the exit code of the command is that of the program");

  const later = (name: string, changes: Record<string, string>) => {
    cpSync(wine.path("some folder", windows), wine.path("some folder", name), { recursive: true });
    for (const [path, content] of Object.entries({ "version.txt": `${name}\n`, ...changes }))
      writeFileSync(wine.path("some folder", name, path), content);
    return install(name);
  };
  const broken = {
    "app/migrations/9001-later.js": 'export const up = () => { throw new Error("no way"); };\n',
  };
  t.equal((await later("8.0.0", broken)).exitCode, 1);
  t.match(readFileSync(join(data, "upgrade.json"), "utf8"), /"refused"[\s\S]*no way/);
  await waitFor(isReady);
  t.match(await later("9.0.0", laterMigration(9001)), { exitCode: 0, output: /gives way to 9\.0\.0-/ });
  const tables = await withDatabase(data, async (_db, sqlite) =>
    sqlite.prepare("select name from sqlite_schema where name = 'later_9001'").all(),
  );
  t.equal(tables.length, 1);

  await wine.run("sc.exe", "stop", "Poswatch");
  await waitFor(() =>
    /the service has stopped"[^\n]*\n$/.test(readFileSync(join(data, "monitor.log"), "utf8")),
  );
  t.match(readFileSync(join(data, "monitor.log"), "utf8"), /the monitor 9\.0\.0-\d+ ended with 0/);
  t.match(await poswatch("restore", "C:\\kept.backup"), { exitCode: 0, output: /The backup is restored/ });
  t.match(await poswatch("uninstall"), { exitCode: 0, output: /Poswatch is removed/ });
  t.notOk(existsSync(wine.path("Program Files", "Poswatch Monitor")));
  t.ok(existsSync(join(data, "poswatch.db")));
});
