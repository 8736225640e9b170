import { randomBytes } from "node:crypto";
import { readConfig } from "../monitor/config.ts";
import { errorText } from "../protocol/error-text.ts";
import { runDemo } from "./demo.ts";

process.umask(0o077);

try {
  const config = readConfig({ ...process.env, HOST: "127.0.0.1" });
  const password = process.env.DEMO_PASSWORD || randomBytes(9).toString("base64url");
  await runDemo({
    name: "demo",
    password,
    config,
    folder: process.env.DATA_DIR ? config.dataDir : null,
    async loadMonitor() {
      const { startMonitor } = await import("./monitor.ts");
      return (monitorConfig, chain) => startMonitor(monitorConfig, { ...chain, password });
    },
  });
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
}
