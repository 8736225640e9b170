import type { AgentConnections } from "../../src/demo/agents-process.ts";
import { startDemo } from "../../src/demo/demo.ts";
import { readConfig } from "../../src/monitor/config.ts";

/** What a test is told by this program, which runs the demo without its monitor in the folder of its argument. */
export interface DemoHostMessage {
  connections: AgentConnections;
}

startDemo({
  config: readConfig({}),
  folder: process.argv[2] ?? null,
  password: "",
  loadMonitor:
    async () =>
    async (_config, { connections }) => {
      process.send?.({ connections } satisfies DemoHostMessage);
      return await new Promise<never>(() => {});
    },
});
