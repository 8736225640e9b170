import { spawn } from "node:child_process";
import { findBrowser, installBrowser } from "./helpers/browser-binary.ts";

const SUMMARY = /^# \{ total: (\d+)(?:, pass: (\d+))?(?:, fail: (\d+))?/m;

/** `npm test`: sees to a browser, runs tap over what is named (or everything), and ends with one plain line. */
async function main(): Promise<number> {
  const browser = findBrowser() ?? (await installBrowser());
  if (browser === null) {
    process.stderr.write(
      "The tests need a browser: install Debian's package chromium (apt-get install chromium) or set CHROMIUM to the path of one.\n",
    );
    return 1;
  }
  await run("tap", ["build"]);
  const { code, output } = await run("tap", ["run", ...process.argv.slice(2)], { CHROMIUM: browser });
  const [, total = "0", passed = "0", failed = "0"] =
    SUMMARY.exec(output.slice(output.lastIndexOf("# {"))) ?? [];
  process.stdout.write(`${passed} passed, ${Number(failed) || Number(total) - Number(passed)} failed\n`);
  return code === 0 && Number(total) === 0 ? 1 : code;
}

async function run(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    process.stdout.write(chunk);
    output += chunk.toString();
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on("error", reject);
  child.on("close", (code) => resolve(code ?? 1));
  return { code: await promise, output };
}

process.exitCode = await main();
