import { maxHeaderSize } from "node:http";
import { constants } from "node:zlib";
import compress from "@fastify/compress";
import formbody from "@fastify/formbody";
import { type FastifyInstance, type FastifyServerOptions, fastify, LogController } from "fastify";
import { aboutRoutes } from "./about/routes.ts";
import { supportRoutes } from "./about/support/routes.ts";
import authorization from "./access/authorization.ts";
import agentServer from "./agent-server.ts";
import agentUpdates from "./agent-updates/plugin.ts";
import { agentUpdateRoutes } from "./agent-updates/routes.ts";
import agents from "./agents/agent-packages.ts";
import { agentRoutes } from "./agents/routes.ts";
import { apiRoutes } from "./api/routes.ts";
import { auditRoutes } from "./audit/routes.ts";
import { confirmCopyRoutes } from "./backups/confirm-copy-routes.ts";
import backups from "./backups/plugin.ts";
import batches from "./batches/plugin.ts";
import { batchRoutes } from "./batches/routes.ts";
import certificates from "./certificates.ts";
import { channelRoutes } from "./channels/routes.ts";
import type { Config } from "./config.ts";
import { enrolmentRoutes } from "./enrolment/routes.ts";
import { firstStartRoutes } from "./first-start/routes.ts";
import fleet from "./fleet/fleet.ts";
import { healthRoutes } from "./health/routes.ts";
import { helpRoutes } from "./help/routes.ts";
import { incidentRoutes } from "./incidents/routes.ts";
import trial from "./installation/trial.ts";
import { jobsOf } from "./jobs.ts";
import logArchives from "./log-archives/plugin.ts";
import { logArchiveRoutes } from "./log-archives/routes.ts";
import logExcerpts from "./log-excerpts/plugin.ts";
import logPatterns from "./log-patterns/plugin.ts";
import { logPatternRoutes } from "./log-patterns/routes.ts";
import logSearches from "./log-searches/plugin.ts";
import { logSearchRoutes } from "./log-searches/routes.ts";
import logViewer from "./log-viewer/plugin.ts";
import { logViewerRoutes } from "./log-viewer/routes.ts";
import { metricsRoutes } from "./metrics/routes.ts";
import { nodeServerOptions } from "./node-server.ts";
import notifications from "./notifications/plugin.ts";
import { openingHoursRoutes } from "./opening-hours/routes.ts";
import { organizationRoutes } from "./organizations/organization-routes.ts";
import { peopleRoutes } from "./people/routes.ts";
import sessions from "./people/sessions/plugin.ts";
import assets from "./plugins/assets.ts";
import connections, { type ConnectionTerms } from "./plugins/connections.ts";
import database from "./plugins/database.ts";
import errors, { decodableUrl } from "./plugins/errors.ts";
import flashed from "./plugins/flash.ts";
import { formAddresses } from "./plugins/form-addresses.ts";
import hypermedia from "./plugins/hypermedia.ts";
import pageNotices from "./plugins/page-notices.ts";
import runJobs from "./plugins/run-jobs.ts";
import security from "./plugins/security.ts";
import views from "./plugins/views.ts";
import webSockets from "./plugins/web-sockets.ts";
import type { ReachWitness } from "./polling/own-network/witnesses.ts";
import polling from "./polling/plugin.ts";
import type { PosClient } from "./pos-client/client.ts";
import posClient from "./pos-client/plugin.ts";
import { posServerPageRoutes } from "./pos-server/routes.ts";
import { posServerRoutes } from "./pos-servers/routes.ts";
import { resetRoutes } from "./repairs/database-resets/reset-routes.ts";
import repairs from "./repairs/plugin.ts";
import { startServiceRoutes } from "./repairs/service-starts/start-service-routes.ts";
import { reportRoutes } from "./reports/routes.ts";
import settings from "./settings/plugin.ts";
import { settingsRoutes } from "./settings/routes.ts";
import { showWallRoutes } from "./wall/screen/show-wall-routes.ts";
import { wallTokensRoutes } from "./wall/tokens-routes.ts";

declare module "fastify" {
  interface FastifyInstance {
    config: Config;
    /** The last lines of the log, without secrets. */
    recentLog(): string;
    reconfigure: ((settings: Readonly<Record<string, string>>) => Promise<void>) | null;
    /** ms UTC; jumps when the clock is set. */
    clock(): number;
    /** ms; only ever goes forward. */
    monotonicClock(): number;
  }
}

/** Routes with larger forms set their own. */
const MAX_FORM_BYTES = 16 * 1024;

/** As much as Node.js reads, so that no route's parameter is refused by the router, which would answer by itself. */
const LONGEST_ADDRESS = maxHeaderSize;

/** Libraries may log these below the level info. */
const SECRETS_IN_LOG = [
  "req.headers.authorization",
  "req.headers.cookie",
  "busboyOptions.headers",
  "err.rawPacket",
];

export interface AppDependencies {
  clock?: () => number;
  monotonicClock?: () => number;
  client?: PosClient;
  reachWitness?: ReachWitness;
  logStream?: NodeJS.WritableStream;
  connectionTerms?: Partial<ConnectionTerms>;
  /** Between two calls of one command to a POS server. */
  pauseMs?: number;
  /** Where the setup token may be shown. */
  terminal?: NodeJS.WritableStream;
  /** Of a new version, as `installation/trial.ts` has it. */
  trialFile?: string | null;
  /** The last lines of the log. */
  recentLog?: () => string;
  /** Has schemas compiled once for several apps of a process: only for tests. */
  schemaController?: FastifyServerOptions["schemaController"];
  /** Changes the file of settings, and starts anew with it soon; without it only its owner does. */
  reconfigure?: FastifyInstance["reconfigure"];
}

/** The map of the program: every plugin, room and job, each after what it builds on. */
export async function buildApp(config: Config, dependencies: AppDependencies = {}): Promise<FastifyInstance> {
  const {
    clock = Date.now,
    monotonicClock = () => performance.now(),
    client,
    reachWitness,
    logStream,
    terminal,
    pauseMs,
    connectionTerms,
    trialFile = null,
    reconfigure = null,
    recentLog = () => "",
    schemaController,
  } = dependencies;
  const { isTls, options } = nodeServerOptions(config.tls);
  const app = fastify({
    logger: {
      level: config.logLevel,
      redact: SECRETS_IN_LOG,
      ...(logStream && { stream: logStream }),
    },
    ...(isTls ? { https: options } : { https: null, http: options }),
    trustProxy: config.trustProxy,
    bodyLimit: MAX_FORM_BYTES,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    ...(schemaController && { schemaController }),
    requestTimeout: options.requestTimeout ?? 0,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: LONGEST_ADDRESS },
    rewriteUrl: ({ url }) => decodableUrl(url),
  });

  app.decorate("config", config);
  app.decorate("reconfigure", reconfigure);
  app.decorate("recentLog", recentLog);
  app.decorate("clock", clock);
  app.decorate("monotonicClock", monotonicClock);

  await app.register(database);
  await app.register(certificates);
  await app.register(trial, { trialFile });
  // Registered first, so that it stops first: Fastify refuses upgrades while it closes, but leaves their sockets open.
  await app.register(webSockets);
  await app.register(posClient, { client });
  await app.register(fleet);
  await app.register(polling, { reachWitness });
  await app.register(logArchives);
  await app.register(logViewer);
  await app.register(repairs, { pauseMs });
  await app.register(batches, { pauseMs });
  await app.register(logPatterns);
  await app.register(logExcerpts);
  await app.register(logSearches);
  await app.register(agents);
  await app.register(agentUpdates);
  await app.register(notifications);

  await app.register(compress, {
    globalDecompression: false,
    threshold: 1024,
    // zstd is quicker, but a list of 100 rows takes 3 kB more.
    encodings: ["br", "gzip"],
    brotliOptions: {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: 5,
        // 256 KiB, as much as a page has: more only takes time to set up.
        [constants.BROTLI_PARAM_LGWIN]: 18,
      },
    },
  });
  await app.register(formbody);
  await app.register(security);
  await app.register(pageNotices);
  await app.register(backups);
  await app.register(hypermedia);
  await app.register(sessions);
  await app.register(flashed);
  await app.register(agentServer);
  await app.register(connections, { terms: connectionTerms });
  await app.register(authorization);
  await app.register(assets);
  await app.register(views);
  await app.register(errors);

  await app.register(healthRoutes);
  await app.register(agentRoutes);
  await app.register(peopleRoutes, { terminal });
  await app.register(posServerRoutes);
  await app.register(firstStartRoutes);
  await app.register(posServerPageRoutes);
  await app.register(incidentRoutes);
  await app.register(reportRoutes);
  await app.register(logArchiveRoutes);
  await app.register(logViewerRoutes);
  await app.register(resetRoutes);
  await app.register(startServiceRoutes);
  await app.register(settings);
  await app.register(batchRoutes);
  await app.register(logPatternRoutes);
  await app.register(logSearchRoutes);
  await app.register(confirmCopyRoutes);
  await app.register(organizationRoutes);
  await app.register(openingHoursRoutes);
  await app.register(enrolmentRoutes);
  await app.register(agentUpdateRoutes);
  await app.register(channelRoutes);
  await app.register(auditRoutes);
  await app.register(settingsRoutes);
  await app.register(showWallRoutes);
  await app.register(wallTokensRoutes);
  await app.register(apiRoutes);
  await app.register(helpRoutes);
  await app.register(aboutRoutes);
  await app.register(supportRoutes);
  await app.register(metricsRoutes);
  await app.register(formAddresses);

  await app.register(runJobs, { jobs: jobsOf(app) });
  return app;
}
