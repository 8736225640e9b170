import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { makeFolder } from "../helpers/folder.ts";
import { startMonitorProcess } from "../helpers/monitor-process.ts";
import { findFreePort } from "../helpers/program.ts";
import { registerPlain } from "../helpers/register.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The examples of the section, in their order, for a monitor at another address. */
function examplesFor(url: string): { language: string; code: string }[] {
  const [, section = ""] =
    /^## API\n([\s\S]*?)^## /m.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
  return [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = "", code = ""]) => ({
    language,
    code: code.replaceAll("http://127.0.0.1:8080", url),
  }));
}

t.test("the examples of the README work, one after another", async (t) => {
  const dataDir = makeFolder(t);
  await registerPlain(t, dataDir, `http://127.0.0.1:${await findFreePort()}`, "Арбат, 1");
  const { url } = await startMonitorProcess(t, dataDir);
  const [shell, script] = examplesFor(url);
  if (shell?.language !== "sh" || script?.language !== "js")
    throw new Error("The README has no such examples");

  // What the shell made is needed by the script.
  const commands = `${shell.code}\nprintf '\\n%s' "$TOKEN"`;
  const options = { cwd: ROOT, encoding: "utf8", timeout: 60_000 } as const;
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const env = { ...process.env, DATA_DIR: dataDir, PATH: path };
  const ran = spawnSync("bash", ["-e", "-c", commands], { ...options, env });
  t.equal(ran.status, 0, ran.stderr);
  t.match(ran.stdout, /"items":\[\],"next":null.*"items":\[.*"failure":\{"code":"/s);
  const token = ran.stdout.split("\n").at(-1) ?? "";
  t.match(token, /^[\w-]{43}$/);

  const file = join(ROOT, `test/api/example-${process.pid}.mjs`);
  t.teardown(() => rmSync(file, { force: true }));
  writeFileSync(file, `${script.code}\nawait client.pollPosServer(1);\n`);
  const made = spawnSync(process.execPath, [file], { ...options, env: { ...env, TOKEN: token } });
  t.equal(made.status, 0, made.stderr);
  t.match(made.stdout, /^Арбат, 1 (pending|unreachable) /m);
});
