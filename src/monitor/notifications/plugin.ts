import fp from "fastify-plugin";
import { type BotListeners, createBotListeners } from "./bot/bot-listeners.ts";
import { type IsPushService, isPushService } from "./channels/push/send-push.ts";
import { createOutbox, type Outbox } from "./outbox/outbox.ts";
import { keepMessages } from "./telling/keep-messages.ts";

declare module "fastify" {
  interface FastifyInstance {
    notifications: Notifications;
    /** By whom browsers may be told. */
    isPushService: IsPushService;
  }
}

/** Tells people of incidents. */
export interface Notifications extends Pick<Outbox, "sendTest" | "dropStale"> {
  /** Decides what is to be told, and begins to send what waits; called every second. */
  tick(): Promise<void>;
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>;
  /** Why the bot of a channel cannot be listened to; null = it can. */
  botStanding: BotListeners["standingOf"];
}

export interface NotificationsOptions {
  /** Tests put a push service of their own in place of real ones. */
  isPushService?: IsPushService;
}

/** Decides who is told of what, and sends it. */
export default fp<NotificationsOptions>(
  async (app, { isPushService: isKnown = isPushService }) => {
    const { db } = app.database;
    const { clock, monotonicClock, secretBox } = app;
    const log = app.log.child({ part: "notifications" });
    const outbox = createOutbox({
      ...{ db, secretBox, log, clock, monotonicClock },
      isPushService: isKnown,
    });
    const bots = createBotListeners(app.database, secretBox, log, clock);
    app.decorate("isPushService", isKnown);
    app.decorate("notifications", {
      async tick() {
        await keepMessages(db, clock());
        await Promise.all([outbox.tick(), bots.tick()]);
      },
      ...{ sendTest: outbox.sendTest, dropStale: outbox.dropStale, idle: outbox.idle },
      botStanding: bots.standingOf,
    });
    app.addHook("preClose", async () => {
      await Promise.all([outbox.stop(), bots.stop()]);
    });
  },
  { name: "notifications", dependencies: ["database", "fleet"] },
);
