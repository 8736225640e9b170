import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bundleAgent } from "../../src/packaging/bundle-agent.ts";
import { bundleMonitor } from "../../src/packaging/bundle-monitor.ts";
import { PROJECT } from "../../src/packaging/project.ts";

/** The programs in bundles, which start in half the time, by their files in the sources. */
const BUNDLES: Record<string, string> = {
  "src/agent/main.ts": "agent.cjs",
  "src/monitor/commands/main.ts": "code/commands.main.js",
};
const FOLDER = "BUNDLED_PROGRAMS";

/** @returns the bundle of a program, or null when it has none. */
export function findBundle(file: string, env = process.env): string | null {
  const [folder, bundle] = [env[FOLDER], BUNDLES[file]];
  return folder && bundle ? join(folder, bundle) : null;
}

/** Makes bundles of agent and monitor, runs the tests in an environment where they are found, and removes them. */
export async function withBundles<Result>(run: (env: NodeJS.ProcessEnv) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "poswatch-bundles-"));
  try {
    const { files } = await bundleMonitor();
    for (const [name, content] of [...files, ["agent.cjs", (await bundleAgent()).code] as const]) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
    return await run({ [FOLDER]: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
