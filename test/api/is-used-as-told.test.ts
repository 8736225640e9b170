import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { REAL_CLOCK } from "../helpers/clock.ts";
import { NOBODYS_PORT } from "../helpers/program.ts";

const ROOT = join(import.meta.dirname, "../..");
const run = promisify(execFile);

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
  const monitor = await startMonitor(t, { clock: REAL_CLOCK });
  await monitor.addPosServer({ name: "Арбат, 1", address: `http://127.0.0.1:${NOBODYS_PORT}` });
  const [shell, script] = examplesFor(await monitor.app.listen({ host: "127.0.0.1", port: 0 }));
  if (shell?.language !== "sh" || script?.language !== "js")
    throw new Error("The README has no such examples");

  // What the shell made is needed by the script.
  const commands = `${shell.code}\nprintf '\\n%s' "$TOKEN"`;
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const env = { ...process.env, DATA_DIR: monitor.dataDir, PATH: path };
  const { stdout } = await run("bash", ["-e", "-c", commands], { cwd: ROOT, env });
  t.match(stdout, /"items":\[\],"next":null.*"items":\[.*"failure":\{"code":"/s);
  const token = stdout.split("\n").at(-1) ?? "";
  t.match(token, /^[\w-]{43}$/);

  const file = join(ROOT, `test/api/example-${process.pid}.mjs`);
  t.teardown(() => rmSync(file, { force: true }));
  writeFileSync(file, `${script.code}\nawait client.pollPosServer(1);\n`);
  const made = await run(process.execPath, [file], { env: { ...env, TOKEN: token } });
  t.match(made.stdout, /^Арбат, 1 (pending|unreachable) /m);
});
