import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { findBrowser, installBrowser } from "./helpers/browser-binary.ts";
import { withBundles } from "./helpers/bundled-programs.ts";
import { MEMORY } from "./helpers/folder.ts";
import { orderTestFiles } from "./helpers/order-test-files.ts";
import { findTestFiles, runTestFiles } from "./helpers/run-test-files.ts";

/** What temporary folders may need at once. */
const MEMORY_BYTES = 4 * 1024 ** 3;

/**
 * `npm test [path…]`: sees to a browser and runs the tests named, with the programs as they are in the sources, or all
 * but those of other systems, with their bundles.
 */
async function main(): Promise<number> {
  const browser = findBrowser() ?? installBrowser();
  if (browser === null) {
    process.stderr.write(
      "The tests need a browser: install Debian's package chromium-headless-shell or chromium (apt-get install chromium) or set CHROMIUM to the path of one.\n",
    );
    return 1;
  }
  const run = (files: string[], env: NodeJS.ProcessEnv) =>
    runTestFiles(orderTestFiles(files), { CHROMIUM: browser, ...env });
  const named = process.argv.slice(2).flatMap((path) => findTestFiles(path));
  if (named.length > 0) return await run(named, {});
  const files = findTestFiles("test", ["test/systems/**"]);
  const memory = makeFolderInMemory();
  try {
    return await withBundles((env) => run(files, { ...env, ...(memory && { TMPDIR: memory }) }));
  } finally {
    if (memory) rmSync(memory, { recursive: true, force: true });
  }
}

/** For temporary folders, so that nothing waits for a disk; null where there is no room. */
function makeFolderInMemory(): string | null {
  if (!existsSync(MEMORY)) return null;
  const { bavail, bsize } = statfsSync(MEMORY);
  if (bavail * bsize < MEMORY_BYTES) return null;
  const folder = mkdtempSync(join(MEMORY, "poswatch-"));
  chmodSync(folder, 0o755); // some tests read as nobody
  return folder;
}

process.exitCode = await main();
