import { POS_SERVERS, SERVICE_NAME } from "./chain.ts";
import { runAsDemoChild } from "./child-process.ts";
import type { DemoPorts } from "./demo-ports.ts";
import { SERVICE_TIMING } from "./pos-service.ts";
import { startSimulation } from "./simulation.ts";

/** Of old log lines in a new folder, today included. */
const HISTORY_DAYS = 5;

export interface ChainStart {
  dataDir: string;
  ports: DemoPorts;
}

// Agents show the names of programs that have a database open.
process.title = SERVICE_NAME;

runAsDemoChild(async (start: ChainStart) => {
  const chain = { posServers: POS_SERVERS, timing: SERVICE_TIMING, historyDays: HISTORY_DAYS };
  const { close } = await startSimulation({ ...start, ...chain });
  return { ready: {}, close };
});
