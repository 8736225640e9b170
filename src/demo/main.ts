import { randomBytes } from "node:crypto";
import { readConfig } from "../monitor/config.ts";
import { errorText } from "../protocol/error-text.ts";
import { startDemo } from "./demo.ts";

process.umask(0o077);
// Runs until Ctrl-C or SIGTERM, or until a part cannot start or ends by itself.
const stopAsked = new Promise<void>((resolve) => {
  // Both may come twice, as npm passes on what the terminal has already sent to every process.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resolve());
});
const tell = (line: string) => void process.stdout.write(`${line}\n`);
let demo: ReturnType<typeof startDemo> | null = null;
try {
  const config = readConfig({ ...process.env, HOST: "127.0.0.1" });
  const folder = process.env.DATA_DIR ? config.dataDir : null;
  const password = process.env.DEMO_PASSWORD || randomBytes(9).toString("base64url");
  const loadMonitor = async () => (await import("./monitor.ts")).startMonitor;
  demo = startDemo({ config, folder, password, loadMonitor, tell });
  const ready = await Promise.race([demo.ready, stopAsked]);
  if (ready) {
    tell(`Poswatch demo: ${ready.monitorUrl} login admin or manager password ${password}`);
    tell(`Messages it sends: ${ready.messagesUrl}`);
    const ended = demo.childEnded.then(() => {
      throw new Error("A part of the demo has ended unexpectedly");
    });
    await Promise.race([stopAsked, ended]);
  }
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  await demo?.stop();
}
