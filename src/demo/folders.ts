import path from "node:path";

/** Where the things of one simulated POS server lie. */
export interface PosServerFolder {
  root: string;
  /** Counterpart of `…\AppData\Roaming\iiko\iikoCard5`. */
  dataFolder: string;
  database: string;
  logs: string;
  /** What a POS server writes that traces everything; most have none. */
  traceLog: string;
  version: string;
  /** Tells the program that controls the service where its manager listens. */
  serviceRegistration: string;
  agentConfig: string;
  agentState: string;
}

/** Folder of one POS server inside the demo's data folder. */
export function posServerFolder(dataDir: string, slug: string): PosServerFolder {
  const root = path.join(dataDir, "pos-servers", slug);
  const dataFolder = path.join(root, "iikoCard5");
  const logs = path.join(dataFolder, "Logs");
  return {
    root,
    dataFolder,
    database: path.join(dataFolder, "iikoCard5.db"),
    logs,
    traceLog: path.join(logs, "trace.log"),
    version: path.join(root, "version.txt"),
    serviceRegistration: path.join(root, "service.json"),
    agentConfig: path.join(root, "agent.json"),
    agentState: path.join(root, "agent-state"),
  };
}
