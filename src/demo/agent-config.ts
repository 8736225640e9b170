import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { boundCrmId, type DemoPosServer } from "./chain.ts";
import type { PosServerFolder } from "./folders.ts";
import { SERVICE_NAME } from "./pos-service.ts";

const HOST = "127.0.0.1";
const SERVICE_CONTROL = fileURLToPath(new URL("./service-control.ts", import.meta.url));
const NODE_OPTIONS = ["--disable-warning=ExperimentalWarning"];

/**
 * Writes the configuration of one POS server's agent into its folder, where `npm run agent -- --config …` can use it
 * too. Its identity lies beside it and is kept.
 */
export function writeAgentConfig(posServer: DemoPosServer, folder: PosServerFolder, port: number): void {
  const control = (verb: string) => [process.execPath, ...NODE_OPTIONS, SERVICE_CONTROL, verb, folder.root];
  const config = {
    host: HOST,
    port,
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
  };
  mkdirSync(folder.root, { recursive: true });
  writeFileSync(folder.agentConfig, `${JSON.stringify(config, null, 2)}\n`);
}
