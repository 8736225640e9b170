import { spawnSync } from "node:child_process";
import { findBrowser, installBrowser } from "./helpers/browser-binary.ts";
import { groupTestFiles } from "./helpers/group-test-files.ts";
import { findTestFiles, runTestFiles } from "./helpers/run-test-files.ts";

/** `npm test [path…]`: sees to a browser and runs the tests named, or all but those of other systems. */
async function main(): Promise<number> {
  const browser = findBrowser() ?? installBrowser();
  if (browser === null) {
    process.stderr.write(
      "The tests need a browser: install Debian's package chromium-headless-shell or chromium (apt-get install chromium) or set CHROMIUM to the path of one.\n",
    );
    return 1;
  }
  const paths = process.argv.slice(2);
  const files =
    paths.length > 0
      ? paths.flatMap((path) => findTestFiles(path))
      : findTestFiles("test", ["test/systems/**"]);
  buildTap();
  return await runTestFiles(groupTestFiles(files), { CHROMIUM: browser });
}

/** Puts the plugins of .taprc into tap; without it the first run after an installation would use its own. */
function buildTap(): void {
  spawnSync("tap", ["build"], { stdio: "inherit", shell: process.platform === "win32" });
}

process.exitCode = await main();
