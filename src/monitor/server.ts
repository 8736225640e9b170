import type { FastifyInstance } from "fastify";
import { buildApp } from "./app.ts";
import { closeInTime, LAST_ANSWERS_MS } from "./close.ts";
import { type Config, dataDirOf } from "./config.ts";
import { explainFailure } from "./database/disk-full.ts";
import { TLS_SETTINGS } from "./installation/tls-choice.ts";
import { listen } from "./listen.ts";
import { createRecentLog } from "./recent-log.ts";
import { loadConfig, writeSettings } from "./settings-file.ts";
import { onStopRequest } from "./stop-requests.ts";

const STOP_TIMEOUT_MS = 5_000;

/** Ends this process, with 0 unless told otherwise. */
type Stop = (reason: string, exitCode?: number) => void;

/**
 * Runs the monitor until it is asked to stop, which ends this process. What keeps it from its start ends it with 1, and a
 * sentence. @param trialFile of a version on trial, made when its migrations are done. @returns what stops it for a reason of its own.
 */
export async function startServer(config: Config, trialFile: string | null): Promise<Stop> {
  return await start(config, trialFile).catch(endWith);
}

async function start(config: Config, trialFile: string | null): Promise<Stop> {
  const recentLog = createRecentLog(process.stdout);
  let isStopping = false;
  const stop = async (reason: string, exitCode = 0) => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    // One that is only just starting is closed when it has started.
    const app = await opened;
    app.log.info({ reason }, "Stopping");
    await closeInTime(app);
    process.exit(exitCode);
  };
  let opened = open(config);
  onStopRequest((reason) => void stop(reason));
  await opened;
  return stop;

  async function open(config: Config): Promise<FastifyInstance> {
    const terminal = process.stderr.isTTY && { terminal: process.stderr };
    // What the environment says cannot be changed from here.
    const isChangeable = !TLS_SETTINGS.some((name) => process.env[name]);
    const log = { logStream: recentLog.stream, recentLog: recentLog.text };
    const app = await buildApp(config, {
      trialFile,
      ...log,
      ...(isChangeable && { reconfigure }),
      ...terminal,
    });
    await listen(app);
    return app;
  }

  /** The answer to whoever changes them goes out before. */
  async function reconfigure(changes: Readonly<Record<string, string>>): Promise<void> {
    await writeSettings(config.dataDir, changes);
    setTimeout(() => void restart(), LAST_ANSWERS_MS);
  }

  async function restart(): Promise<void> {
    if (isStopping) return;
    const app = await opened;
    app.log.info("Starting anew with other settings");
    if (!(await closeInTime(app))) endWith("Poswatch could not close to start anew: start it again.");
    opened = open(loadConfig(process.env));
    await opened.catch(endWith);
  }
}

function endWith(error: unknown): never {
  process.stderr.write(`${explainFailure(error, dataDirOf(process.env))}\n`);
  process.exit(1);
}
