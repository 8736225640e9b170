import { spawn } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { type Counts, countsOf, reportsOf } from "./tap-output.ts";

/** Tests wait for processes, sockets and browsers as much as they count: five more than there are processors pay. */
const JOBS = availableParallelism() + 5;
const FILE_TIMEOUT_S = 600;
/** For saying so; after it a file that does not end is killed. */
const GRACE_S = 30;
/** The programs of the tests start twice as fast when what they import is compiled once for all of them. */
const COMPILE_CACHE = join(tmpdir(), "poswatch-test-compile-cache");
const RUN_GROUP = join(import.meta.dirname, "run-group.ts");

/** The test files of a folder, or one that is named, relative to the working directory. */
export function findTestFiles(path: string, exclude: string[] = []): string[] {
  return statSync(path).isFile() ? [path] : globSync(join(path, "**/*.test.ts"), { exclude }).sort();
}

/**
 * Runs groups of test files, each group in a process of its own: a line for each file, all that a group has said in
 * which one fails, and in the end one plain line `N passed, N failed, N skipped`. @returns the exit code: 0 when nothing
 * failed.
 */
export async function runTestFiles(groups: string[][], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const limit = pLimit(JOBS);
  const results = await Promise.all(groups.map((files) => limit(() => runGroup(files, env))));
  const sum = (name: keyof Counts) => results.reduce((total, { counts }) => total + counts[name], 0);
  const failedFiles = results.flatMap((result) => result.failedFiles);
  for (const file of failedFiles) process.stdout.write(`failed: ${file}\n`);
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped\n`);
  return failedFiles.length === 0 && sum("passed") + sum("skipped") > 0 ? 0 : 1;
}

async function runGroup(files: string[], env: NodeJS.ProcessEnv) {
  const { code, output } = await runNode(files, {
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    TAP_TIMEOUT: String(FILE_TIMEOUT_S),
    ...env,
  });
  const counts = countsOf(output);
  const reports = reportsOf(output, files);
  // A process that broke off had got to the last file that it has told of.
  const last = reports.findLast(({ hasRun }) => hasRun) ?? reports[0];
  if (code !== 0 && last && !reports.some(({ isFailed }) => isFailed)) last.isFailed = true;
  const failedFiles = reports.filter(({ isFailed }) => isFailed).map(({ file }) => file);
  if (failedFiles.length > 0 && counts.failed === 0) counts.failed = failedFiles.length;
  if (failedFiles.length > 0) process.stdout.write(output);
  for (const { file, isFailed, seconds, skips } of reports) {
    process.stdout.write(`${isFailed ? "not ok" : "ok"} ${file} (${seconds.toFixed(1)} s)\n`);
    for (const line of skips) process.stdout.write(`  ${line}\n`);
  }
  return { counts, failedFiles };
}

async function runNode(files: string[], env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [RUN_GROUP, ...files], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  const overdue = setTimeout(() => child.kill("SIGKILL"), (FILE_TIMEOUT_S + GRACE_S) * files.length * 1000);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on("error", reject);
  child.on("close", (code) => resolve(code ?? 1));
  return { code: await promise.finally(() => clearTimeout(overdue)), output };
}
