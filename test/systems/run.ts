import { withBundles } from "../helpers/bundled-programs.ts";
import { installPackages } from "../helpers/debian-packages.ts";
import { noFakeClock } from "../helpers/fake-clock.ts";
import { findProgram } from "../helpers/find-program.ts";
import { orderTestFiles } from "../helpers/order-test-files.ts";
import { findTestFiles, runTestFiles } from "../helpers/run-test-files.ts";
import { noWine } from "../helpers/wine.ts";

/** What these tests try Poswatch with, and Debian's packages that have it. */
const SYSTEMS = [
  { isThere: findProgram("soffice") !== null, packages: ["libreoffice-calc"] },
  { isThere: !noFakeClock, packages: ["faketime"] },
  { isThere: findProgram("nginx") !== null, packages: ["nginx"] },
  { isThere: findProgram("promtool") !== null, packages: ["prometheus"] },
  { isThere: findProgram("openssl") !== null, packages: ["openssl"] },
  { isThere: !noWine, packages: ["wine", "wine64", "gcc-mingw-w64-x86-64-win32", "unzip"] },
];

/**
 * `npm run test:systems [-- --install]`: tries what takes whole programs: those of Poswatch together, or killed and
 * started over and over, and others than a browser, as far as they are there. A test of what is missing is skipped and
 * says so; `--install` installs Debian's packages first.
 */
async function main(): Promise<number> {
  const missing = SYSTEMS.filter(({ isThere }) => !isThere);
  const packages = missing.flatMap(({ packages }) => packages);
  if (process.argv.includes("--install") && packages.length > 0 && !installPackages(packages)) {
    process.stderr.write(
      `Debian's packages could not be installed: ${packages.join(", ")}. Root may do it.\n`,
    );
    return 1;
  }
  const lists = orderTestFiles(findTestFiles("test/systems"));
  return await withBundles((env) => runTestFiles(lists, env));
}

process.exitCode = await main();
