import { stat } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { backupFolder, newestBackupAt } from "../backups/backup-names.ts";
import { countRows } from "../database/count-rows.ts";
import { readFreeBytes } from "../log-archives/store/store.ts";
import { countAsked } from "../log-searches/searches.ts";

/** How the monitor itself does, with what prom-client says of a Node.js process: CPU, memory, event loop. */
export function createProcessMetrics(app: FastifyInstance): Registry {
  const registry = new Registry();
  const { clock, database, poller, posClient, config, ownNetwork } = app;
  const { db } = database;
  collectDefaultMetrics({ register: registry });

  gauge("poswatch_stalled", "1 while POS servers are not polled, or what polls find is not saved", () =>
    Number(poller.stalledSince() !== null || database.storage.problem(clock()) !== null),
  );
  gauge("poswatch_network_gone", "1 while the monitor itself has no network", () =>
    Number(ownNetwork.goneSince() !== null),
  );
  // It is collected before the two below.
  new Counter({
    name: "poswatch_polls_total",
    help: "Polls by outcome: ok, or the name of the failure",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      const { outcomes, maxLatenessMs, inFlight } = poller.stats();
      this.reset();
      for (const [outcome, count] of outcomes) this.inc({ outcome }, count);
      lateness.set(maxLatenessMs / 1_000);
      underWay.set(inFlight);
    },
  });
  const lateness = gauge(
    "poswatch_poll_lateness_seconds",
    "By how much a poll began too late at most, since the last scrape",
  );
  const underWay = gauge("poswatch_polls_in_flight", "Polls that wait for an answer");
  gauge("poswatch_agents_connected", "Agents that have dialled in", () => posClient.agents.count());
  byKind("poswatch_open_requests", "Requests that are not finished", {
    log_request: () => countRows(db.selectFrom("logRequest").where("finishedAt", "is", null)),
    database_reset: () => countRows(db.selectFrom("databaseReset").where("finishedAt", "is", null)),
    service_start: () => countRows(db.selectFrom("serviceStart").where("finishedAt", "is", null)),
    batch_item: () => countRows(db.selectFrom("batchItem").where("status", "in", ["queued", "running"])),
    log_search: () => countAsked(db, clock()),
    log_excerpt: () => countRows(db.selectFrom("logExcerpt").where("finishedAt", "is", null)),
  });
  gauge("poswatch_outbox_waiting", "Messages that are not sent yet", () =>
    countRows(db.selectFrom("delivery").where("finishedAt", "is", null)),
  );
  gauge("poswatch_channels_failing", "Channels whose messages do not arrive", () =>
    countRows(db.selectFrom("channel").where("failingSince", "is not", null)),
  );
  gauge("poswatch_data_free_bytes", "Free on the disk of the database", () => readFreeBytes(config.dataDir));
  gauge("poswatch_archives_free_bytes", "Free on the disk of the log archives", () =>
    readFreeBytes(config.archiveDir),
  );
  gauge("poswatch_database_bytes", "Size of the database", async () => {
    const { size } = await stat(database.sqlite.name);
    return size;
  });
  gauge("poswatch_backup_age_seconds", "Age of the newest backup; +Inf = there is none", async () => {
    const at = await newestBackupAt(backupFolder(config.dataDir));
    return at === null ? Number.POSITIVE_INFINITY : (clock() - at) / 1_000;
  });
  return registry;

  function gauge(name: string, help: string, read?: () => number | Promise<number>): Gauge {
    const collect = async function (this: Gauge) {
      if (read) this.set(await read());
    };
    return new Gauge({ name, help, registers: [registry], ...(read && { collect }) });
  }

  function byKind(name: string, help: string, queries: Record<string, () => Promise<number>>): void {
    new Gauge({
      name,
      help,
      labelNames: ["kind"],
      registers: [registry],
      async collect() {
        for (const [kind, query] of Object.entries(queries)) this.set({ kind }, await query());
      },
    });
  }
}
