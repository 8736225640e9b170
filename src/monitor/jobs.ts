import type { FastifyInstance } from "fastify";
import { keepIncidents } from "./fleet/incidents/keep-incidents.ts";
import { keepClosings } from "./fleet/opening-hours/keep-closings.ts";
import { readSettings } from "./installation/settings.ts";
import { requireKnownStore } from "./log-archives/store/marker.ts";
import { EVERY_SECOND, type Job } from "./plugins/schedule.ts";
import { removeOldHistory } from "./remove-old-history.ts";
import { noteRestoredExchanges } from "./repairs/service-starts/note-restored-exchanges.ts";
import {
  endAcknowledgementsInTime,
  endAcknowledgementsWithoutRight,
} from "./restaurants/end-acknowledgements.ts";
import { endParkings } from "./restaurants/end-parkings.ts";

/** Every job of the program, and when it runs. */
export function jobsOf(app: FastifyInstance): Job[] {
  return [
    { name: "poll", when: EVERY_SECOND, run: () => app.poller.tick() },
    { name: "own network", when: EVERY_SECOND, run: () => app.ownNetwork.tick() },
    {
      name: "outgoing heartbeat",
      when: "* * * * *",
      run: async () => {
        const isWorking = app.poller.stalledSince() === null && app.ownNetwork.goneSince() === null;
        const { heartbeatUrl } = await readSettings(app.database.db);
        if (isWorking && heartbeatUrl !== "") await app.outgoingHeartbeat.call(heartbeatUrl);
      },
    },
    { name: "database resets", when: EVERY_SECOND, run: () => app.databaseResets.tick() },
    { name: "service starts", when: EVERY_SECOND, run: () => app.serviceStarts.tick() },
    {
      name: "exchanges after starts",
      when: EVERY_SECOND,
      run: () => noteRestoredExchanges(app.database.db, app.clock()),
    },
    { name: "log requests", when: EVERY_SECOND, run: () => app.logRequests.tick() },
    { name: "log patterns", when: EVERY_SECOND, run: () => app.logPatterns.tick() },
    { name: "agent updates", when: EVERY_SECOND, run: () => app.agentUpdates.tick() },
    { name: "sessions", when: "0 * * * *", run: () => app.pruneSessions() },
    {
      name: "parkings",
      when: "* * * * *",
      run: async () => {
        const ended = await endParkings(app.database.db, app.clock());
        for (const id of ended) app.poller.hurry(id);
      },
    },
    {
      name: "opening hours",
      when: EVERY_SECOND,
      run: async () => {
        const opened = await keepClosings(app.database.db, await app.fleet.stateRules(), app.clock());
        for (const id of opened) app.poller.hurry(id);
      },
    },
    {
      name: "incidents",
      when: EVERY_SECOND,
      run: async () => {
        const silent = await keepIncidents(app.database.db, app.clock());
        for (const id of silent) app.poller.hurry(id);
      },
    },
    { name: "notifications", when: EVERY_SECOND, run: () => app.notifications.tick() },
    { name: "outbox", when: "* * * * *", run: () => app.notifications.dropStale() },
    {
      name: "acknowledgements",
      when: "* * * * *",
      run: async () => {
        await endAcknowledgementsInTime(app.database.db, app.clock());
        await endAcknowledgementsWithoutRight(app.database.db, app.clock());
      },
    },
    { name: "monitor run", when: "* * * * *", run: () => app.continueRun() },
    { name: "backup", when: "47 2 * * *", run: () => app.backUpNightly() },
    {
      name: "old history",
      when: "17 3 * * *",
      run: async () => {
        const removed = await removeOldHistory(app.database.db, app.clock());
        app.log.info({ removed }, "Old history was removed");
      },
    },
    {
      name: "archive store",
      when: "*/5 * * * *",
      run: () => requireKnownStore(app.database.db, app.archiveStore),
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
