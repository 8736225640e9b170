import { createPosClient, type PosClient } from "../../src/monitor/pos-client/client.ts";
import { fillRegistry, startMonitor } from "./monitor.ts";
import { isQuick, runProgram } from "./program.ts";
import type { Fleet } from "./simulated-fleet.ts";

export const INTERVAL_MS = isQuick ? 5_000 : 60_000;
const BACK_OFF_MS = 5 * 60_000;

/** A simulated fleet in a process of its own, for monitors of this process that poll it, one after another. */
export async function startPolledFleet(posServers: number, { failingPercent = 0, dialling = 0 }) {
  const fleet: Fleet = await runProgram("fleet.ts", { failingPercent });
  const dataDir = await fillRegistry({ posServers, fleet, dialling, pollIntervalMs: INTERVAL_MS });
  return {
    fleet,
    async startMonitor(port = 0) {
      const { client, measure } = watchCalls(createPosClient());
      return { ...(await startMonitor(dataDir, { client }, port)), measure };
    },
  };
}

/** Looks at the poller from outside: when it calls whom. */
function watchCalls(client: PosClient) {
  const calledAt = new Map<number, number>();
  let polls = 0;
  let maxLatenessMs = 0;

  function noteCall(id: number): void {
    const now = performance.now();
    const gapMs = now - (calledAt.get(id) ?? now);
    const dueMs = gapMs >= BACK_OFF_MS - INTERVAL_MS ? BACK_OFF_MS : INTERVAL_MS;
    maxLatenessMs = Math.max(maxLatenessMs, gapMs - dueMs);
    calledAt.set(id, now);
    polls += 1;
  }

  return {
    client: {
      ...client,
      async fetchStatus(posServer) {
        noteCall(posServer.id);
        return await client.fetchStatus(posServer);
      },
    } satisfies PosClient,
    /** Begins to measure anew. @returns a function that tells what was measured since. */
    measure() {
      [polls, maxLatenessMs] = [0, 0];
      const startedAt = performance.now();
      const cpuBefore = process.cpuUsage();
      return () => {
        const { user, system } = process.cpuUsage(cpuBefore);
        const cpuMs = (user + system) / 1000;
        return {
          polls,
          cpuMsPerPoll: cpuMs / polls,
          corePercent: (100 * cpuMs) / (performance.now() - startedAt),
          /** How much later than its interval a POS server was polled again. */
          maxLatenessSeconds: maxLatenessMs / 1000,
          rssMegabytes: process.memoryUsage.rss() / 1e6,
        };
      };
    },
  };
}
