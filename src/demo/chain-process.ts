import { POS_SERVERS, SERVICE_NAME } from "./chain.ts";
import { runAsDemoChild } from "./child-process.ts";
import type { DemoPorts } from "./demo-ports.ts";
import { SERVICE_TIMING } from "./pos-service.ts";
import { startSimulation } from "./simulation.ts";

/** First message from the parent. */
export interface ChainStart {
  dataDir: string;
  /** Days of old log lines in a new folder, today included; 0 = none. */
  historyDays: number;
  ports: DemoPorts;
}

/** Answer when the services of all POS servers have started. */
export interface ChainReady {
  mainServerUrl: string;
}

// Agents name who has a database open.
process.title = SERVICE_NAME;

runAsDemoChild<ChainStart, ChainReady>(async ({ dataDir, historyDays, ports }) => {
  const simulation = await startSimulation({
    dataDir,
    posServers: POS_SERVERS,
    historyDays,
    ports,
    timing: SERVICE_TIMING,
  });
  return { ready: { mainServerUrl: simulation.mainServerUrl }, close: simulation.close };
});
