import { randomBytes } from "node:crypto";
import { runDemo } from "./demo.ts";

process.umask(0o077);
await runDemo({
  name: "demo",
  password: randomBytes(9).toString("base64url"),
  folder: null,
  loadMonitor: async () => (await import("./monitor.ts")).startMonitor,
});
