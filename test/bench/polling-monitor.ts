import type { FastifyInstance } from "fastify";
import { createPosClient, type PosClient } from "../../src/monitor/pos-client/client.ts";
import type { FleetReady } from "./fleet-plan.ts";
import { makeDataFolder, startMonitor } from "./monitor.ts";
import { isQuick } from "./options.ts";
import { type Program, runProgram, startProgram } from "./program.ts";
import { quantile } from "./report.ts";

export const INTERVAL_MS = isQuick ? 5_000 : 60_000;
const BACK_OFF_MS = 5 * 60_000;

/** A monitor in this process that polls a simulated fleet in another one. */
export interface PollingMonitor {
  app: FastifyInstance;
  origin: string;
  fleet: FleetReady;
  /** Begins to measure anew. @returns a function that tells what was measured since. */
  measure(): () => PollingFigures;
  stop(): Promise<void>;
}

export interface PollingFigures {
  polls: number;
  failed: number;
  perSecond: number;
  cpuMsPerPoll: number;
  /** How much later than its interval a POS server was polled again. */
  p99LatenessMs: number;
  maxLatenessMs: number;
  rssMegabytes: number;
}

export async function startPollingMonitor(options: {
  posServers: number;
  fleetFlags?: string[];
}): Promise<PollingMonitor> {
  const fleet: Program<FleetReady> = await startProgram("fleet.ts", [
    ...(options.fleetFlags ?? []),
    // One that hangs takes as long as a short interval.
    ...(isQuick ? ["--failing-percent", "0"] : []),
  ]);
  const folder = await makeDataFolder();
  const fleetText = JSON.stringify(fleet.first);
  await runProgram("fleet-registry.ts", [
    folder.dataDir,
    fleetText,
    String(options.posServers),
    String(INTERVAL_MS),
  ]);
  const watch = watchCalls(createPosClient());
  const { app, origin } = await startMonitor(folder.dataDir, { isPolling: true, client: watch.client });
  return {
    app,
    origin,
    fleet: fleet.first,
    measure: watch.measure,
    async stop() {
      await app.close();
      await fleet.stop();
      await folder.remove();
    },
  };
}

/** Looks at the poller from outside: when it calls whom. */
export function watchCalls(client: PosClient): { client: PosClient; measure: PollingMonitor["measure"] } {
  const calledAt = new Map<number, number>();
  let polls = 0;
  let failed = 0;
  let lateness: number[] = [];

  function noteCall(id: number): void {
    const now = performance.now();
    const last = calledAt.get(id);
    calledAt.set(id, now);
    polls += 1;
    if (last === undefined) return;
    const gapMs = now - last;
    lateness.push(gapMs - (gapMs >= BACK_OFF_MS - INTERVAL_MS ? BACK_OFF_MS : INTERVAL_MS));
  }

  return {
    client: {
      ...client,
      async fetchStatus(posServer) {
        noteCall(posServer.id);
        const outcome = await client.fetchStatus(posServer);
        if (!outcome.ok) failed += 1;
        return outcome;
      },
    },
    measure() {
      [polls, failed, lateness] = [0, 0, []];
      const startedAt = performance.now();
      const cpuBefore = process.cpuUsage();
      return () => {
        const { user, system } = process.cpuUsage(cpuBefore);
        return {
          polls,
          failed,
          perSecond: (polls * 1000) / (performance.now() - startedAt),
          cpuMsPerPoll: (user + system) / 1000 / polls,
          p99LatenessMs: quantile(lateness, 0.99),
          maxLatenessMs: lateness.reduce((most, ms) => Math.max(most, ms), 0),
          rssMegabytes: process.memoryUsage.rss() / 1e6,
        };
      };
    },
  };
}
