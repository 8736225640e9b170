import { errorText } from "../protocol/error-text.ts";
import { buildApp } from "./app.ts";
import { listen } from "./listen.ts";
import { loadConfig } from "./settings-file.ts";

const STOP_TIMEOUT_MS = 5_000;
/** How long running answers may take when the program stops. */
const LAST_ANSWERS_MS = 1_500;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const app = await buildApp(config, process.stderr.isTTY ? { terminal: process.stderr } : {});

  let isStopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    app.log.info({ signal }, "Stopping");
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    setTimeout(() => {
      for (const server of [app.server, app.agentServer]) server?.closeAllConnections();
    }, LAST_ANSWERS_MS).unref();
    await app.close();
    process.exit(0);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);

  await listen(app);
}

main().catch((error: unknown) => {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(1);
});
