import path from "node:path";
import { readConfig } from "../monitor/config.ts";
import { errorText } from "../protocol/error-text.ts";
import { runDemo } from "./demo.ts";
import { startWatchedMonitor } from "./watched-monitor.ts";

const FOLDER = path.join(import.meta.dirname, "../../.dev");
const PASSWORD = "poswatch-dev";

process.umask(0o077);

try {
  const config = readConfig({ ...process.env, HOST: "127.0.0.1" });
  const password = process.env.DEMO_PASSWORD || PASSWORD;
  await runDemo({
    name: "dev",
    password,
    config,
    folder: process.env.DATA_DIR ? config.dataDir : FOLDER,
    loadMonitor: async () => (monitorConfig, chain) =>
      startWatchedMonitor(monitorConfig, { ...chain, password }),
  });
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}
