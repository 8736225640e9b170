import { spawn } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";

/** Tests wait for processes, sockets and browsers as much as they count: two more than there are processors pay. */
const JOBS = availableParallelism() + 2;
const FILE_TIMEOUT_S = 300;
/** For saying so; after it a file that does not end is killed. */
const GRACE_S = 30;
/** The programs of the tests start twice as fast when what they import is compiled once for all of them. */
const COMPILE_CACHE = join(tmpdir(), "poswatch-test-compile-cache");
const SUMMARY = /^# \{ (total: \d+[^}]*) \}/gm;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The test files of a folder, or one that is named, relative to the working directory. */
export function findTestFiles(path: string, exclude: string[] = []): string[] {
  return statSync(path).isFile() ? [path] : globSync(join(path, "**/*.test.ts"), { exclude }).sort();
}

/**
 * Runs test files, each in a process of its own: a line for each, all that those have said which fail, and in the end
 * one plain line `N passed, N failed, N skipped`. @returns the exit code: 0 when nothing failed.
 */
export async function runTestFiles(files: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const limit = pLimit(JOBS);
  const results = await Promise.all(files.map((file) => limit(() => runTestFile(file, env))));
  const sum = (name: keyof Counts) => results.reduce((total, counts) => total + counts[name], 0);
  const failedFiles = files.filter((_, index) => results[index]?.failed);
  for (const file of failedFiles) process.stdout.write(`failed: ${file}\n`);
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped\n`);
  return failedFiles.length === 0 && sum("passed") + sum("skipped") > 0 ? 0 : 1;
}

async function runTestFile(file: string, env: NodeJS.ProcessEnv): Promise<Counts> {
  const startedAt = performance.now();
  const { code, output } = await runNode(file, {
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    TAP_TIMEOUT: String(FILE_TIMEOUT_S),
    ...env,
  });
  const counts = countsOf(output);
  const hasSaidNothing = counts.passed + counts.failed + counts.skipped === 0;
  if ((code !== 0 || hasSaidNothing) && counts.failed === 0) counts.failed = 1;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (counts.failed > 0) process.stdout.write(output);
  process.stdout.write(`${counts.failed > 0 ? "not ok" : "ok"} ${file} (${seconds} s)\n`);
  for (const [line] of output.matchAll(/^.*# SKIP.*$/gm)) process.stdout.write(`  ${line.trim()}\n`);
  return counts;
}

async function runNode(file: string, env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const overdue = setTimeout(() => child.kill("SIGKILL"), (FILE_TIMEOUT_S + GRACE_S) * 1000);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on("error", reject);
  child.on("close", (code) => resolve(code ?? 1));
  return { code: await promise.finally(() => clearTimeout(overdue)), output };
}

/** Reads tap's closing line, such as `# { total: 3, pass: 2, fail: 1 }`. */
function countsOf(output: string): Counts {
  const [, summary = ""] = [...output.matchAll(SUMMARY)].at(-1) ?? [];
  const count = (name: string) => Number(new RegExp(`${name}: (\\d+)`).exec(summary)?.[1] ?? 0);
  return { passed: count("pass"), failed: count("fail"), skipped: count("skip") };
}
