import { readFileSync } from "node:fs";
import compress from "@fastify/compress";
import formbody from "@fastify/formbody";
import { type FastifyInstance, fastify, LogController } from "fastify";
import { auditExportRoutes } from "./audit/export-routes.ts";
import { auditRoutes } from "./audit/routes.ts";
import type { Config } from "./config.ts";
import excel from "./excel/plugin.ts";
import fleet from "./fleet/plugin.ts";
import { healthRoutes } from "./health/routes.ts";
import { logArchiveRoutes } from "./log-archives/log-archive-routes.ts";
import { logRequestRoutes } from "./log-archives/log-request-routes.ts";
import { newRequestRoutes } from "./log-archives/new-request-routes.ts";
import logArchives from "./log-archives/plugin.ts";
import { previewRoutes } from "./log-archives/preview-routes.ts";
import { logViewerRoutes } from "./log-viewer/routes.ts";
import { addPosServerRoutes } from "./organizations/add-pos-server-routes.ts";
import { changePosServerRoutes } from "./organizations/change-pos-server-routes.ts";
import { deletePosServerRoutes } from "./organizations/delete-pos-server-routes.ts";
import { importRoutes } from "./organizations/import/routes.ts";
import { oneOrganizationRoutes } from "./organizations/organization-routes.ts";
import { reconnectRoutes } from "./organizations/reconnect-routes.ts";
import { organizationRoutes } from "./organizations/routes.ts";
import { preferenceRoutes } from "./people/account/preference-routes.ts";
import { accountRoutes } from "./people/account/routes.ts";
import authorization from "./people/authorization.ts";
import sessions from "./people/sessions/plugin.ts";
import { sessionRoutes } from "./people/sessions/routes.ts";
import { setupRoutes } from "./people/setup/routes.ts";
import { userExportRoutes } from "./people/users/export-routes.ts";
import { usersRoutes } from "./people/users/routes.ts";
import assets from "./plugins/assets.ts";
import database from "./plugins/database.ts";
import errors, { decodableUrl } from "./plugins/errors.ts";
import hypermedia from "./plugins/hypermedia.ts";
import schedule, { type Job } from "./plugins/schedule.ts";
import security from "./plugins/security.ts";
import views from "./plugins/views.ts";
import polling from "./polling/plugin.ts";
import type { PosClient } from "./pos-client/client.ts";
import { createPosClient } from "./pos-client/create-pos-client.ts";
import { posServerExportRoutes } from "./pos-servers/export-routes.ts";
import { posServerRoutes } from "./pos-servers/routes.ts";
import { onePosServerRoutes } from "./pos-servers/show-routes.ts";
import { removeOldHistory } from "./remove-old-history.ts";
import { newResetRoutes } from "./repairs/database-resets/new-reset-routes.ts";
import { resetRoutes } from "./repairs/database-resets/reset-routes.ts";
import databaseResets from "./repairs/plugin.ts";
import { serviceStartRoutes } from "./repairs/service-starts/routes.ts";
import { settingsRoutes } from "./settings/routes.ts";

const MAX_FORM_BYTES = 256 * 1024;

/** What tests put in the place of the real thing: the clock (ms UTC), the calls to POS servers, the log's destination, a terminal. */
export interface AppDependencies {
  clock?: () => number;
  client?: PosClient;
  logStream?: NodeJS.WritableStream;
  /** How long to pause between two calls of one command to a POS server. */
  pauseMs?: number;
  /** An interactive terminal of the machine's owner, where the setup token may be shown. */
  terminal?: NodeJS.WritableStream;
  /** Views and assets are read anew for every request, and nothing is kept: for `npm run dev` alone. */
  isDevelopment?: boolean;
}

/** The map of the program: every plugin, route and job, in the order in which they build on each other. */
export async function buildApp(config: Config, dependencies: AppDependencies = {}): Promise<FastifyInstance> {
  const {
    clock = Date.now,
    client = createPosClient({ now: clock }),
    logStream,
    terminal,
    pauseMs,
    isDevelopment = false,
  } = dependencies;
  const isTls = config.tls !== null;
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

  await app.register(database, { dataDir: config.dataDir, isDevelopment });
  await app.register(fleet, { clock });
  await app.register(polling, { client, clock });
  await app.register(logArchives, { archiveDir: config.archiveDir, client, clock });
  await app.register(databaseResets, { client, clock, pauseMs });

  await app.register(compress, { threshold: 1024, brotliOptions: { params: { 1: 4 } } });
  await app.register(formbody);
  await app.register(security, { isTls });
  await app.register(hypermedia);
  await app.register(sessions, { clock, isTls });
  await app.register(authorization);
  await app.register(assets, { isDevelopment });
  await app.register(views, { isDevelopment });
  await app.register(errors);
  await app.register(excel);

  await app.register(healthRoutes);
  await app.register(setupRoutes, { dataDir: config.dataDir, clock, terminal: terminal ?? null });
  await app.register(sessionRoutes, { clock });
  await app.register(preferenceRoutes);
  await app.register(accountRoutes, { clock });
  await app.register(usersRoutes, { clock });
  await app.register(userExportRoutes, { clock });
  await app.register(posServerRoutes, { clock });
  await app.register(posServerExportRoutes, { clock });
  await app.register(onePosServerRoutes, { clock });
  await app.register(newRequestRoutes, { clock });
  await app.register(newResetRoutes, { clock });
  await app.register(resetRoutes, { clock });
  await app.register(serviceStartRoutes, { clock });
  await app.register(previewRoutes, { client, clock });
  await app.register(logRequestRoutes, { clock });
  await app.register(logArchiveRoutes, { archiveDir: config.archiveDir, clock });
  await app.register(organizationRoutes, { clock });
  await app.register(oneOrganizationRoutes, { clock });
  await app.register(addPosServerRoutes, { clock });
  await app.register(changePosServerRoutes, { clock });
  await app.register(reconnectRoutes, { clock });
  await app.register(deletePosServerRoutes, { clock });
  await app.register(importRoutes, { clock });
  await app.register(logViewerRoutes, { dataDir: config.dataDir, archiveDir: config.archiveDir, clock });
  await app.register(auditRoutes, { clock });
  await app.register(auditExportRoutes, { clock });
  await app.register(settingsRoutes, { clock });

  const jobs: Job[] = [
    { name: "poll", cron: "* * * * * *", run: () => app.poller.tick() },
    { name: "database resets", cron: "* * * * * *", run: () => app.databaseResets.tick() },
    { name: "service starts", cron: "* * * * * *", run: () => app.serviceStarts.tick() },
    { name: "log requests", cron: "* * * * * *", run: () => app.logRequests.tick() },
    { name: "sessions", cron: "0 0 * * * *", run: () => app.pruneSessions() },
    { name: "monitor run", cron: "0 * * * * *", run: () => app.continueRun() },
    {
      name: "old history",
      cron: "0 17 3 * * *",
      run: async () => {
        const removed = await removeOldHistory(app.database.db, clock());
        app.log.info({ removed }, "Old history was removed");
      },
    },
    {
      name: "old archives",
      cron: "0 37 3 * * *",
      run: async () => {
        const removed = await app.removeOldArchives();
        app.log.info({ removed }, "Old log archives were removed");
      },
    },
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
