import { POS_SERVERS, SERVICE_NAME } from "./chain.ts";
import { runAsDemoChild } from "./child-process.ts";
import type { DemoPorts } from "./demo-ports.ts";
import { SERVICE_TIMING } from "./pos-service.ts";
import { startSimulation } from "./simulation.ts";

export interface ChainStart {
  dataDir: string;
  /** Days of old log lines in a new folder, today included; 0 = none. */
  historyDays: number;
  ports: DemoPorts;
}

// Agents show the names of programs that have a database open.
process.title = SERVICE_NAME;

runAsDemoChild(async (start: ChainStart) => {
  const chain = { posServers: POS_SERVERS, timing: SERVICE_TIMING };
  const { close } = await startSimulation({ ...start, ...chain });
  return { ready: {}, close };
});
