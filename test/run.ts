import { spawn } from "node:child_process";
import { findBrowser, installBrowser } from "./helpers/browser-binary.ts";

const SUMMARY = /^# \{ (total: \d+[^}]*) \}/gm;

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
  const counts = countsOf(output);
  process.stdout.write(`${counts.pass} passed, ${counts.fail} failed, ${counts.skip} skipped\n`);
  return code === 0 && counts.pass === 0 ? 1 : code;
}

/** Reads tap's closing line, such as `# { total: 3, pass: 2, fail: 1 }`. */
function countsOf(output: string): { pass: number; fail: number; skip: number } {
  const [, summary = ""] = [...output.matchAll(SUMMARY)].at(-1) ?? [];
  const count = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(summary)?.[1] ?? 0);
  return { pass: count("pass"), fail: count("fail"), skip: count("skip") };
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
