import path from "node:path";
import { runDemo } from "./demo.ts";
import { startWatchedMonitor } from "./watched-monitor.ts";

process.umask(0o077);
await runDemo({
  name: "dev",
  password: "poswatch-dev",
  folder: path.join(import.meta.dirname, "../../.dev"),
  loadMonitor: async () => startWatchedMonitor,
});
