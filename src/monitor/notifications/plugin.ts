import fp from "fastify-plugin";
import { createIncidentLog } from "../fleet/incidents/log-incidents.ts";
import { type BotListeners, createBotListeners } from "./bot-listeners.ts";
import { createOutbox, type Outbox } from "./outbox/outbox.ts";
import { queueNotifications } from "./queue-notifications.ts";

declare module "fastify" {
  interface FastifyInstance {
    notifications: Notifications;
  }
}

/** `idle` resolves when nothing is being sent. */
interface Notifications extends Pick<Outbox, "sendTest" | "dropStale" | "idle"> {
  /** Queues what is due, and begins to send what waits; called every second. */
  tick(): Promise<void>;
  botStanding: BotListeners["standingOf"];
}

/** Decides who is notified of what, and sends it. */
export default fp(
  async (app) => {
    const log = app.log.child({ part: "notifications" });
    const noteIncident = createIncidentLog(app.log);
    const outbox = createOutbox(app, log);
    const bots = createBotListeners(app, log);
    const { sendTest, dropStale, idle } = outbox;
    app.decorate("notifications", {
      sendTest,
      dropStale,
      idle,
      botStanding: bots.standingOf,
      async tick() {
        try {
          await queueNotifications(app.database.db, log, app.clock(), noteIncident);
        } finally {
          await Promise.all([outbox.tick(), bots.tick()]);
        }
      },
    });
    app.addHook("preClose", async () => {
      await Promise.all([outbox.stop(), bots.stop()]);
    });
  },
  { name: "notifications", dependencies: ["database", "fleet"] },
);
