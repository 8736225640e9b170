import { errorText } from "../protocol/error-text.ts";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { listen } from "./listen.ts";
import { onStopRequest } from "./stop-requests.ts";

const STOP_TIMEOUT_MS = 5_000;
/** How long running answers may take when the program stops. */
const LAST_ANSWERS_MS = 1_500;

/**
 * Runs the monitor until it is asked to stop, which ends this process. What keeps it from its start ends it with 1, and a
 * sentence. @param trialFile of a version on trial, made when its migrations are done. @returns what stops it for a reason of its own.
 */
export async function startServer(
  config: Config,
  trialFile: string | null,
): Promise<(reason: string) => void> {
  try {
    return await start(config, trialFile);
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(1);
  }
}

async function start(config: Config, trialFile: string | null): Promise<(reason: string) => void> {
  const app = await buildApp(config, {
    trialFile,
    ...(process.stderr.isTTY && { terminal: process.stderr }),
  });

  let isStopping = false;
  const stop = async (reason: string) => {
    if (isStopping) return;
    isStopping = true;
    app.log.info({ reason }, "Stopping");
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    setTimeout(() => {
      for (const server of [app.server, app.agentServer]) server?.closeAllConnections();
    }, LAST_ANSWERS_MS).unref();
    await app.close();
    process.exit(0);
  };
  onStopRequest(stop);

  await listen(app);
  return stop;
}
