import { fork } from "node:child_process";
import { once } from "node:events";

const STOP_DEADLINE_MS = 4000;
/** All processes of the demo together must stay well below 600 MB. */
const HEAP_OPTIONS = ["--optimize-for-size", "--max-semi-space-size=2"];

/** `ready` is sent to the parent; `close` is called when the parent is gone. */
interface DemoChildWork<Ready> {
  ready: Ready;
  close(): Promise<void>;
}

/** The child ends by itself when this process ends, even by `kill -9`. */
export function forkDemoChild<Start extends object, Ready>(file: URL) {
  const child = fork(file, {
    execArgv: HEAP_OPTIONS,
    // Under `node --watch` it would report its modules to its parent, among its own messages.
    env: { ...process.env, WATCH_REPORT_DEPENDENCIES: undefined },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  const ended = once(child, "exit").then(() => {});
  let isReady = false;

  /** @throws when the child ends before it is ready. */
  async function begin(start: Start): Promise<Ready> {
    const endedTooSoon = new Error(`${file.pathname} ended before it was ready`);
    if (!child.connected) throw endedTooSoon;
    const ready = once(child, "message").then(([message]) => message as Ready);
    const failure = ended.then(() => Promise.reject(endedTooSoon));
    child.send(start);
    const answer = await Promise.race([ready, failure]);
    isReady = true;
    return answer;
  }

  /** Lets the child end cleanly; kills it if that takes too long. */
  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // While starting it would not notice; the next start redoes what is incomplete.
    if (!isReady) child.kill("SIGKILL");
    if (child.connected) child.disconnect();
    const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
    await ended;
    clearTimeout(deadline);
  }

  return { processId: child.pid ?? 0, begin, ended, stop };
}

/** Only the end of the parent's channel ends the work. */
export function runAsDemoChild<Start extends object, Ready>(
  work: (start: Start) => Promise<DemoChildWork<Ready>>,
): void {
  // Ctrl-C goes to every process of the terminal, but the parent decides when they end.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
  let begun: Promise<DemoChildWork<Ready>> | null = null;

  process.once("message", (start: Start) => {
    begun = work(start);
    begun.then(({ ready }) => process.send?.(ready), endWithError);
  });
  process.once("disconnect", () => {
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    Promise.resolve(begun)
      .then((running) => running?.close())
      .then(() => process.exit(0), endWithError);
  });
}

function endWithError(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
