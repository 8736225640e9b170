import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import {
  CHANNEL,
  type Counts,
  countsOf,
  FILE_BEGINS,
  type FileOutput,
  NO_FILE,
  outputsOf,
  reportOf,
} from "./tap-output.ts";

/** Tests wait for processes, sockets and browsers as much as they count: three more than there are processors pay. */
const JOBS = availableParallelism() + 3;
const FILE_TIMEOUT_S = 600;
/** For saying so; after it a file that does not end is killed. */
const GRACE_S = 30;
/** The programs of the tests start twice as fast when what they import is compiled once for all of them. */
const COMPILE_CACHE = join(tmpdir(), "poswatch-test-compile-cache");
const RUN_IN_TURN = join(import.meta.dirname, "run-in-turn.ts");
/** Pages and rows are made and dropped all the time: with room for them there is less to collect. */
const FLAGS = ["--max-semi-space-size=64"];

/** The test files of a folder, or one that is named, relative to the working directory. */
export function findTestFiles(path: string, exclude: string[] = []): string[] {
  return statSync(path).isFile() ? [path] : globSync(join(path, "**/*.test.ts"), { exclude }).sort();
}

/**
 * Runs test files in as many processes as pay; each takes the next one of its list when it has finished one, and in the
 * end those of the others. Says a line for each file, all that was said in one that fails, and in the end one plain line
 * `N passed, N failed, N skipped`.
 * @param lists of files that had better share a process. @returns the exit code: 0 when nothing failed.
 */
export async function runTestFiles(lists: string[][], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const waiting = lists.map((files) => [...files]);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => {
      for (const files of waiting) files.length = 0;
      for (const child of running) killWithAllItStarted(child);
    });
  const results: Awaited<ReturnType<typeof runInTurn>>[] = [];
  async function work(own: string[]): Promise<void> {
    const next = () => own.shift() ?? waiting.find(({ length }) => length > 0)?.shift() ?? null;
    // Where a process breaks off, another one takes the rest.
    for (let file = next(); file !== null; file = next())
      results.push(await runInTurn(file, next, env, firstLoaded.resolve));
  }
  const firstLoaded = Promise.withResolvers<void>();
  const jobs = Array.from({ length: Math.min(JOBS, lists.flat().length) });
  await Promise.all(
    jobs.map(async (_, index) => {
      if (index > 0) await firstLoaded.promise;
      await work(waiting[index % waiting.length] ?? []);
    }),
  );
  const sum = (name: keyof Counts) => results.reduce((total, { counts }) => total + counts[name], 0);
  const failedFiles = results.flatMap((result) => result.failedFiles);
  for (const file of failedFiles) process.stdout.write(`failed: ${file}\n`);
  process.stdout.write(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped\n`);
  return failedFiles.length === 0 && sum("passed") + sum("skipped") > 0 ? 0 : 1;
}

/** Those that run now. */
const running = new Set<ChildProcess>();

/** Each runs in a process group of its own. */
function killWithAllItStarted({ pid }: ChildProcess): void {
  if (pid) process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
}

/** Runs a file, and then those that are next, in one process. @param onLoaded called when the process is ready, or over. */
async function runInTurn(
  first: string,
  next: () => string | null,
  env: NodeJS.ProcessEnv,
  onLoaded: () => void,
) {
  const child = spawn(process.execPath, [...FLAGS, RUN_IN_TURN], {
    env: {
      ...process.env,
      LC_ALL: "C.UTF-8", // where a machine has none, unzip and Wine take only ASCII for names
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      TAP_TIMEOUT: String(FILE_TIMEOUT_S),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: true,
  });
  running.add(child);
  child.on("exit", () => running.delete(child));
  const overdue = setTimeout(() => killWithAllItStarted(child), (FILE_TIMEOUT_S + GRACE_S) * 1000);
  let isFirst = true;
  const channel = child.stdio[CHANNEL] as Socket;
  channel.on("error", () => {}); // it may have ended meanwhile
  channel.on("data", () => {
    overdue.refresh();
    onLoaded();
    channel.write((isFirst ? first : next()) ?? NO_FILE);
    isFirst = false;
  });
  let output = "";
  let told = 0;
  const failedFiles: string[] = [];
  function tell(parts: FileOutput[], isBroken = false): void {
    for (const part of parts) if (report(part, isBroken)) failedFiles.push(part.file);
    told += parts.length;
  }
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => {
      output += text;
      if (text.includes(FILE_BEGINS)) tell(outputsOf(output).slice(told, -1));
    });
  const [code] = await once(child, "close").finally(() => clearTimeout(overdue));
  onLoaded();
  const parts = outputsOf(output);
  tell(
    parts.length > 0 ? parts.slice(told) : [{ file: first, text: output }],
    code !== 0 && failedFiles.length === 0,
  );
  const counts = countsOf(output);
  if (failedFiles.length > 0 && counts.failed === 0) counts.failed = failedFiles.length;
  return { counts, failedFiles };
}

/** @param isBroken whether it failed, whatever its tests say. @returns whether it failed. */
function report({ file, text }: FileOutput, isBroken: boolean): boolean {
  const { isFailed, seconds, skips } = reportOf(text);
  if (isFailed || isBroken) process.stdout.write(text);
  process.stdout.write(`${isFailed || isBroken ? "not ok" : "ok"} ${file} (${seconds.toFixed(1)} s)\n`);
  for (const line of skips) process.stdout.write(`  ${line}\n`);
  return isFailed || isBroken;
}
