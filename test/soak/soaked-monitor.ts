import type { FakeClock } from "../helpers/fake-clock.ts";
import type { Owner } from "../helpers/owner.ts";
import { type Program, startPoswatch } from "../helpers/program.ts";
import { waitFor } from "../helpers/wait-for.ts";

const URL_IN_LOG = /https?:\/\/127\.0\.0\.1:\d+/;

/** The monitor, which is killed and started again; while it is not there, it has no address. */
export interface SoakedMonitor {
  url: string | null;
  /** Of the fake clock: since when it has run, ms UTC. */
  startedAt: number;
  /** What must not have happened so far, such as that it ended by itself. */
  problems: string[];
  /** Everything that those which came to listen have logged. */
  log(): string;
  /** null when it does not run. */
  pid(): number | null;
  /** @returns whether it came to listen; on a full disk it says why not, and ends. */
  start(): Promise<boolean>;
  kill(): Promise<void>;
}

export function createSoakedMonitor(
  owner: Owner,
  env: NodeJS.ProcessEnv,
  clock: Pick<FakeClock, "now">,
): SoakedMonitor {
  const listened: Program[] = [];
  let running: Program | null = null;
  const monitor: SoakedMonitor = {
    url: null,
    startedAt: 0,
    problems: [],
    log: () => listened.map((program) => program.output()).join(""),
    pid: () => running?.child.pid ?? null,
    start,
    async kill() {
      const killed = running;
      monitor.url = null;
      running = null;
      killed?.child.kill("SIGKILL");
      await killed?.ended;
    },
  };
  return monitor;

  async function start(): Promise<boolean> {
    const startedAt = clock.now();
    const program = startPoswatch(owner, ["serve"], { env });
    await waitFor(() => program.child.exitCode !== null || URL_IN_LOG.test(program.output()));
    const [url] = URL_IN_LOG.exec(program.output()) ?? [];
    if (url === undefined) return false;
    listened.push(program);
    running = program;
    Object.assign(monitor, { url, startedAt });
    void program.ended.then((code) => {
      if (running !== program) return;
      monitor.problems.push(
        `the monitor ended by itself with code ${code}: ${program.output().slice(-2_000)}`,
      );
      monitor.url = null;
      running = null;
    });
    return true;
  }
}
