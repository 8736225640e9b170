import type { FastifyInstance } from "fastify";
import { keepIncidents } from "./fleet/incidents/keep-incidents.ts";
import { keepClosings } from "./fleet/opening-hours/keep-closings.ts";
import { readSettings } from "./installation/settings.ts";
import { requireKnownStore } from "./log-archives/store/marker.ts";
import { removeOldSearches } from "./log-searches/searches.ts";
import { createOperatorsLog } from "./operators-log.ts";
import { EVERY_SECOND, type Job } from "./plugins/run-jobs.ts";
import { removeOldHistory } from "./remove-old-history.ts";
import { noteRestoredExchanges } from "./repairs/service-starts/note-restored-exchanges.ts";
import { sendWeeklyReports } from "./reports/send-weekly.ts";
import {
  endAcknowledgementsInTime,
  endAcknowledgementsWithoutRight,
} from "./restaurants/end-acknowledgements.ts";
import { endParkings } from "./restaurants/park-pos-server.ts";

export function jobsOf(app: FastifyInstance): Job[] {
  const { clock } = app;
  const { db } = app.database;
  const pollSoon = (ids: readonly number[]) => {
    for (const id of ids) app.poller.pollSoon(id);
  };
  const operatorsLog = createOperatorsLog(app);
  return [
    { name: "events", when: EVERY_SECOND, run: () => operatorsLog.followEvents() },
    { name: "wrong settings", when: EVERY_SECOND, run: () => operatorsLog.followSettings() },
    { name: "sum of polls", when: "* * * * *", run: async () => operatorsLog.sumUpPolls() },
    { name: "poll", when: EVERY_SECOND, run: () => app.poller.tick() },
    { name: "own network", when: EVERY_SECOND, run: () => app.ownNetwork.tick() },
    {
      name: "outgoing heartbeat",
      when: "* * * * *",
      run: async () => {
        const isWorking = app.poller.stalledSince() === null && app.ownNetwork.goneSince() === null;
        const { heartbeatUrl } = await readSettings(db);
        if (isWorking && heartbeatUrl !== "") await app.outgoingHeartbeat.call(heartbeatUrl);
      },
    },
    { name: "database resets", when: EVERY_SECOND, run: () => app.databaseResets.tick() },
    { name: "service starts", when: EVERY_SECOND, run: () => app.serviceStarts.tick() },
    {
      name: "exchanges after starts",
      when: EVERY_SECOND,
      run: () => noteRestoredExchanges(db, clock()),
    },
    { name: "batches", when: EVERY_SECOND, run: () => app.batchItems.tick() },
    { name: "log requests", when: EVERY_SECOND, run: () => app.logRequests.tick() },
    { name: "log excerpts", when: EVERY_SECOND, run: () => app.logExcerpts.tick() },
    { name: "log patterns", when: EVERY_SECOND, run: () => app.logPatterns.tick() },
    { name: "log searches", when: EVERY_SECOND, run: () => app.logSearchWork.tick() },
    {
      name: "old log searches",
      when: "*/10 * * * *",
      run: async () => void (await removeOldSearches(db, clock())),
    },
    { name: "agent updates", when: EVERY_SECOND, run: () => app.agentUpdates.tick() },
    { name: "sessions", when: "0 * * * *", run: () => app.pruneSessions() },
    { name: "parkings", when: "* * * * *", run: async () => pollSoon(await endParkings(db, clock())) },
    {
      name: "opening hours",
      when: EVERY_SECOND,
      run: async () => pollSoon(await keepClosings(db, await app.fleet.stateRules(), clock())),
    },
    { name: "incidents", when: EVERY_SECOND, run: () => keepIncidents(db, clock()) },
    { name: "notifications", when: EVERY_SECOND, run: () => app.notifications.tick() },
    { name: "weekly reports", when: "*/5 * * * *", run: () => sendWeeklyReports(db, clock()) },
    { name: "outbox", when: "* * * * *", run: () => app.notifications.dropStale() },
    {
      name: "acknowledgements",
      when: "* * * * *",
      run: async () => {
        await endAcknowledgementsInTime(db, clock());
        await endAcknowledgementsWithoutRight(db, clock());
      },
    },
    { name: "monitor run", when: EVERY_SECOND, run: () => app.continueRun() },
    { name: "backup", when: "47 2 * * *", run: () => app.backUpNightly() },
    {
      name: "old history",
      when: "17 3 * * *",
      run: async () => {
        const removed = await removeOldHistory(db, clock());
        app.log.info({ removed }, "Old history was removed");
      },
    },
    {
      name: "archive store",
      when: "*/5 * * * *",
      run: () => requireKnownStore(db, app.archiveStore),
    },
    {
      name: "old archives",
      when: "37 3 * * *",
      run: async () => {
        const removed = await app.removeOldArchives();
        const preparedLogs = await app.logCache.removeOrphans();
        app.log.info({ removed: { ...removed, preparedLogs } }, "Old log archives were removed");
      },
    },
  ];
}
