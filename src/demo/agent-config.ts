import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { boundCrmId, type DemoPosServer, mainServerHost, SERVICE_NAME } from "./chain.ts";
import type { DemoPorts } from "./demo-ports.ts";
import type { PosServerFolder } from "./folders.ts";

const HOST = "127.0.0.1";
const SERVICE_CONTROL = fileURLToPath(new URL("./service-control.ts", import.meta.url));
/** Soon enough for those who watch. */
const LOOKS_EVERY_SECONDS = 15;
const LOOKS_AT_DYING_PORT_EVERY_SECONDS = 10;
/** Whoever tries a reset that cannot work is to see why soon. */
const HELD_DATABASE_TIMEOUT_MS = 20_000;
const NODE_OPTIONS = ["--disable-warning=ExperimentalWarning"];

/**
 * Writes the configuration of one POS server's agent into its folder, where `npm run agent -- --config …` can use it
 * too. Its identity lies beside it and is kept.
 */
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
      // All POS servers of the demo are one program: a connection of each would speak for the one that has none.
      mainServer: scenario === "exchange_lies" ? undefined : mainServerHost(posServer),
      mainServerPort: ports.mainServer,
      amqpPort: ports.messageQueue,
      everySeconds: scenario === "port_dies" ? LOOKS_AT_DYING_PORT_EVERY_SECONDS : LOOKS_EVERY_SECONDS,
    },
    ...(scenario === "database_held" ? { database: { releaseTimeoutMs: HELD_DATABASE_TIMEOUT_MS } } : {}),
  };
  mkdirSync(folder.root, { recursive: true });
  writeFileSync(folder.agentConfig, `${JSON.stringify(config, null, 2)}\n`);
}
