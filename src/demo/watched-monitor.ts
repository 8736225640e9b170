import { type FSWatcher, watch } from "node:fs";
import path from "node:path";
import type { Config } from "../monitor/config.ts";
import { type DemoChild, forkDemoChild } from "./child-process.ts";
import type { DemoMonitor, MonitoredChain } from "./monitor.ts";
import type { MonitorReady, MonitorStart } from "./monitor-process.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const WATCHED_FOLDERS = ["src", "migrations"];
const SOURCE_FILE = /\.(ts|json)$/;
/** Runs in other processes, which are not restarted. */
const CHAIN_SOURCE = /^src\/(agent|demo|protocol)\//;
/** Many files saved at once cause one restart. */
const QUIET_MS = 100;

/** Restarts the monitor at the same address after each change of a source file, even if it has failed to start. */
export async function startWatchedMonitor(config: Config, chain: MonitoredChain): Promise<DemoMonitor> {
  let child: DemoChild<MonitorStart, MonitorReady> | null = null;
  let isChainEntered = false;
  let isClosing = false;
  let enrolmentCode: string | null = null;
  let work = start();

  async function start(): Promise<void> {
    child = forkDemoChild<MonitorStart, MonitorReady>(new URL("./monitor-process.ts", import.meta.url));
    try {
      ({ enrolmentCode } = await child.begin({ config, chain: isChainEntered ? null : chain }));
      isChainEntered = true;
    } catch {
      if (!isClosing) say("The monitor does not start; it is tried again after the next change.");
    }
  }

  function restart(changed: ReadonlySet<string>): void {
    work = work.then(async () => {
      if (isClosing) return;
      say(`Restarting the monitor: ${[...changed].join(", ")}`);
      if ([...changed].some((file) => CHAIN_SOURCE.test(file)))
        say("Agents and chain keep the code they started with: start npm run dev anew for them.");
      await child?.stop();
      if (!isClosing) await start();
    });
  }

  const watchers = watchSources(restart);
  await work;

  return {
    url: `http://${config.host}:${config.port}`,
    enrolmentCode,
    async close() {
      isClosing = true;
      for (const watcher of watchers) watcher.close();
      await child?.stop();
      await work;
    },
  };
}

/** Collects changed files, relative to the project, until none has changed for a moment. */
function watchSources(act: (changed: ReadonlySet<string>) => void): FSWatcher[] {
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  return WATCHED_FOLDERS.map((folder) =>
    watch(path.join(ROOT, folder), { recursive: true }, (_event, file) => {
      if (!file || !SOURCE_FILE.test(file)) return;
      changed.add(path.join(folder, file));
      clearTimeout(timer);
      timer = setTimeout(() => {
        act(changed);
        changed = new Set();
      }, QUIET_MS);
    }),
  );
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
