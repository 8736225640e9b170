import { SECOND_MS } from "../protocol/time-units.ts";
import { startArrivals } from "./arrivals/server.ts";
import { hostTimeZone } from "./host-time-zone.ts";
import { createMailSink } from "./messengers/mail-sink.ts";
import { fullNameOf } from "./messengers/simulated-person.ts";
import { createTelegramSimulator } from "./messengers/telegram-simulator.ts";
import { BOT_TOKEN, DUTY_GROUP, ONLOOKERS, TELEGRAM_USERS } from "./telegram-world.ts";

/** Message ids begin with the seconds since then, so that later starts have higher ones. */
const FIRST_START_AT = Date.UTC(2020, 0, 1);

export interface MessageServers {
  smtpPort: number;
  /** Base URL of the Bot API. */
  telegramUrl: string;
}

/** Starts simulated mail and Telegram, and a page (`url`) that shows what arrived. */
export async function startReceivers() {
  const mails = await createMailSink();
  const firstMessageId = Math.floor((Date.now() - FIRST_START_AT) / SECOND_MS);
  const telegram = await createTelegramSimulator({ token: BOT_TOKEN, firstMessageId });
  telegram.addChat({ ...DUTY_GROUP, kind: "supergroup" });
  for (const user of Object.values(TELEGRAM_USERS))
    telegram.addChat({ id: user.id, kind: "private", title: fullNameOf(user) });
  const content = { telegram, mails, onlookers: ONLOOKERS, group: DUTY_GROUP };
  const arrivals = await startArrivals({ ...content, timeZone: hostTimeZone() });
  const servers: MessageServers = { smtpPort: mails.port, telegramUrl: telegram.url };
  return {
    servers,
    url: arrivals.url,
    async close(): Promise<void> {
      await Promise.all([arrivals.close(), telegram.close(), mails.close()]);
    },
  };
}
