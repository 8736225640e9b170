import { readFileSync } from "node:fs";
import compress from "@fastify/compress";
import formbody from "@fastify/formbody";
import { type FastifyInstance, fastify, LogController } from "fastify";
import type { Config } from "./config.ts";
import { healthRoutes } from "./health/routes.ts";
import assets from "./plugins/assets.ts";
import database from "./plugins/database.ts";
import errors, { decodableUrl } from "./plugins/errors.ts";
import hypermedia from "./plugins/hypermedia.ts";
import schedule, { type Job } from "./plugins/schedule.ts";
import security from "./plugins/security.ts";
import viewer from "./plugins/viewer.ts";
import views from "./plugins/views.ts";
import polling from "./polling/plugin.ts";
import type { PosClient } from "./pos-client/client.ts";
import { createPosClient } from "./pos-client/create-pos-client.ts";
import fleet from "./pos-servers/plugin.ts";
import { posServerRoutes } from "./pos-servers/routes.ts";
import { preferenceRoutes } from "./viewer/routes.ts";

const MAX_FORM_BYTES = 256 * 1024;

/** What tests put in the place of the real thing: the clock (ms UTC), the calls to POS servers, the log's destination. */
export interface AppDependencies {
  clock?: () => number;
  client?: PosClient;
  logStream?: NodeJS.WritableStream;
}

/** The map of the program: every plugin, route and job, in the order in which they build on each other. */
export async function buildApp(config: Config, dependencies: AppDependencies = {}): Promise<FastifyInstance> {
  const { clock = Date.now, client = createPosClient({ now: clock }), logStream } = dependencies;
  const app = fastify({
    logger: {
      level: config.logLevel,
      redact: ["req.headers.authorization", "req.headers.cookie"],
      ...(logStream && { stream: logStream }),
    },
    https: config.tls && {
      cert: readPem("TLS_CERT", config.tls.certificateFile),
      key: readPem("TLS_KEY", config.tls.keyFile),
    },
    trustProxy: config.trustProxy,
    bodyLimit: MAX_FORM_BYTES,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200 },
    rewriteUrl: ({ url }) => decodableUrl(url),
  });

  await app.register(database, { dataDir: config.dataDir });
  await app.register(fleet, { clock });
  await app.register(polling, { client, clock });

  await app.register(compress, { threshold: 1024, brotliOptions: { params: { 1: 4 } } });
  await app.register(formbody);
  await app.register(assets);
  await app.register(security, { isTls: config.tls !== null });
  await app.register(hypermedia);
  await app.register(viewer);
  await app.register(views);
  await app.register(errors);

  await app.register(healthRoutes);
  await app.register(preferenceRoutes);
  await app.register(posServerRoutes, { clock });

  const jobs: Job[] = [
    { name: "poll", cron: "* * * * * *", run: () => app.poller.tick() },
    { name: "monitor run", cron: "0 * * * * *", run: () => app.continueRun() },
  ];
  await app.register(schedule, { jobs });
  return app;
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${variable} names ${file}, which cannot be read: ${reason}`, { cause: error });
  }
}
