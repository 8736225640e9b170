import type { Send } from "../channels/channel.ts";
import { createEmailSend } from "../channels/email/send-email.ts";
import { createMaxSend } from "../channels/max/send-max.ts";
import type { IsPushService } from "../channels/push/push-services.ts";
import { createPushSend } from "../channels/push/send-push.ts";
import { createTelegramSend } from "../channels/telegram/send-telegram.ts";
import { createWebhookSend } from "../channels/webhook/send-webhook.ts";
import type { Connection } from "./open-channel.ts";

/** The function by which a channel sends. @param isPushService by whom browsers may be told. */
export function createSend(connection: Connection, isPushService: IsPushService): Send {
  switch (connection.kind) {
    case "email":
      return createEmailSend(connection);
    case "telegram":
      return createTelegramSend(connection);
    case "max":
      return createMaxSend(connection);
    case "webhook":
      return createWebhookSend(connection);
    case "push":
      return createPushSend(connection, { isPushService });
  }
}
