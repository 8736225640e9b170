import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeFolder } from "../helpers/folder.ts";
import { findFreePort, startProgram } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";
import { noWine, startWine } from "../helpers/wine.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

t.test("both archives are built at once, and that for Windows runs", { skip: noWine }, async (t) => {
  const folder = makeFolder(t);
  const build = startProgram(t, "src/packaging/build.ts", { args: ["--to", folder] });
  t.equal(await build.ended, 0, build.output());
  const [linux, windows] = [`poswatch-${version}-linux-x64`, `poswatch-${version}-windows-x64`];
  t.same(readdirSync(folder).sort(), [`${linux}.tar.gz`, `${windows}.zip`]);
  for (const name of readdirSync(folder)) t.equal(statSync(join(folder, name)).mode & 0o777, 0o644);
  const listed = execFileSync("tar", ["tzf", join(folder, `${linux}.tar.gz`)], { encoding: "utf8" });
  t.match(listed, `${linux}/app/agent-packages/windows.zip`);

  const wine = await startWine(t);
  execFileSync("unzip", ["-q", join(folder, `${windows}.zip`), "-d", wine.path("some folder")]);
  t.ok(existsSync(wine.path("some folder", windows, "app", "agent-packages", "windows.zip")));
  const url = `http://127.0.0.1:${await findFreePort()}`;
  // A batch file, since Wine's cmd.exe does not take a program in quotation marks.
  const lines = [`@set PORT=${new URL(url).port}`, `@"C:\\some folder\\${windows}\\poswatch.exe" %*`];
  writeFileSync(wine.path("run.cmd"), ["@set DATA_DIR=C:\\data", ...lines, ""].join("\r\n"));
  const poswatch = (...args: string[]) => wine.run("cmd.exe", "/c", "C:\\run.cmd", ...args);
  const serving = poswatch("serve");
  await waitFor(() =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  t.equal((await fetch(`${url}/setup`)).status, 200);
  t.equal((await fetch(`${url}/agent/windows.zip`)).status, 200, "the agent's package is inside");
  t.match(await poswatch("user", "list"), { exitCode: 0, output: "There are no users yet." });
  t.match(await poswatch("backup", "C:\\kept.backup"), { exitCode: 0, output: /is whole/ });
  t.equal((await poswatch("nonsense")).exitCode, 2, "the exit code of the command is that of the program");
  await wine.run("taskkill.exe", "/F", "/IM", "poswatch.exe");
  await serving;
  await t.rejects(fetch(url), "what it has started ends with it");
  t.match(await poswatch("restore", "C:\\kept.backup"), { exitCode: 0, output: /The backup is restored/ });
});
