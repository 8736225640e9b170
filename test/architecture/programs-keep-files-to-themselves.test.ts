import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "tap";

const ROOT = join(import.meta.dirname, "../..");

test("every program closes the files that it makes to others", async (t) => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, "package.json"), "utf8"),
  );
  const programs = Object.values(scripts).flatMap(
    (script) => script.match(/^(?:exec )?node .*\b(src\/\S+\.ts)$/)?.[1] ?? [],
  );
  t.ok(programs.includes("src/monitor/server.ts") && programs.includes("src/agent/main.ts"));
  const open = programs.filter(
    (program) => !readFileSync(join(ROOT, program), "utf8").includes("process.umask(0o077);"),
  );
  t.same(open, []);
});
