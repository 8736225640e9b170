import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { boundCrmId, type DemoPosServer, mainServerHost, SERVICE_NAME } from "./chain.ts";
import type { DemoPorts } from "./demo-ports.ts";
import type { PosServerFolder } from "./folders.ts";

const HOST = "127.0.0.1";
const SERVICE_CONTROL = fileURLToPath(new URL("./service-control.ts", import.meta.url));
/** Short, for people who watch. */
const LOOKS_EVERY_SECONDS = 15;
const LOOKS_AT_DYING_PORT_EVERY_SECONDS = 10;
/** Short, so that a reset that cannot work fails soon. */
const HELD_DATABASE_TIMEOUT_MS = 20_000;
const NODE_OPTIONS = ["--disable-warning=ExperimentalWarning"];

/** Keeps the agent's identity beside the configuration. */
export function writeAgentConfig(posServer: DemoPosServer, folder: PosServerFolder, ports: DemoPorts): void {
  const { slug, scenario } = posServer;
  const control = (verb: string) => [process.execPath, ...NODE_OPTIONS, SERVICE_CONTROL, verb, folder.root];
  const config = {
    host: HOST,
    port: ports.agents.get(slug),
    publicAddress: HOST,
    stateDirectory: folder.agentState,
    dataDirectory: folder.dataFolder,
    utcOffsetMinutes: posServer.utcOffsetMinutes,
    crmId: { value: boundCrmId(posServer) },
    version: { file: folder.version },
    service: {
      names: [SERVICE_NAME],
      control: "commands",
      commands: { status: control("status"), start: control("start"), stop: control("stop") },
    },
    checks: {
      port: ports.tills.get(slug),
      // All POS servers of the demo are one program: the connections of others would hide that this one has none.
      mainServer: scenario === "exchange_lies" ? undefined : mainServerHost(posServer),
      mainServerPort: ports.mainServer,
      amqpPort: ports.messageQueue,
      everySeconds: scenario === "port_dies" ? LOOKS_AT_DYING_PORT_EVERY_SECONDS : LOOKS_EVERY_SECONDS,
    },
    database: scenario === "database_held" ? { releaseTimeoutMs: HELD_DATABASE_TIMEOUT_MS } : undefined,
  };
  mkdirSync(folder.root, { recursive: true });
  writeFileSync(folder.agentConfig, `${JSON.stringify(config, null, 2)}\n`);
}
