import { parseJson } from "../../../protocol/parse-json.ts";
import type { ChannelTable } from "../../database/tables/notification-tables.ts";
import type { Language } from "../../viewer/language.ts";
import type { ChannelFailure } from "../channels/channel.ts";
import type { EmailSecrets, EmailServer, EmailTarget } from "../channels/email/connection.ts";
import type { MaxSecrets, MaxServer, MaxTarget } from "../channels/max/connection.ts";
import type { PushSecrets, PushTarget } from "../channels/push/connection.ts";
import type { TelegramSecrets, TelegramServer, TelegramTarget } from "../channels/telegram/connection.ts";
import type { WebhookSecrets, WebhookTarget } from "../channels/webhook/connection.ts";

export const MAX_SHARED_CHANNELS = 20;
/** Of one person. */
export const MAX_OWN_CHANNELS = 5;
export const MAX_CHANNEL_NAME_LENGTH = 80;

/** A channel as its pages show it, without what nobody is shown again; times in ms UTC. */
export type Channel = ChannelFacts & ChannelPlace;

export interface ChannelFacts {
  id: number;
  name: string;
  /** Whose it is; null = of all. */
  ownerId: number | null;
  /** The channel of all whose server it uses; null = it has its own. */
  via: { id: number; name: string; isEnabled: boolean } | null;
  language: Language;
  timeZone: string;
  isEnabled: boolean;
  failing: { since: number; failure: ChannelFailure; detail: string } | null;
  /** When something got through last; null = nothing has. */
  deliveredAt: number | null;
  rules: number;
}

/** By which server, and to whom; a server of null is that of another channel. */
export type ChannelPlace =
  | { kind: "email"; server: EmailServer | null; target: EmailTarget }
  | { kind: "telegram"; server: TelegramServer | null; target: TelegramTarget }
  | { kind: "max"; server: MaxServer | null; target: MaxTarget }
  | { kind: "push"; server: null; target: PushTarget }
  | { kind: "webhook"; server: null; target: WebhookTarget };

/** What a channel is to be. Secrets that are left out stay as they are. */
export interface WantedChannel {
  name: string;
  language: Language;
  /** IANA name. */
  timeZone: string;
  terms: ChannelTerms;
}

/** As it is stored: the server and the target side by side, or only the target of what goes by another channel. */
export type ChannelTerms =
  | { kind: "email"; viaId: null; settings: EmailServer & EmailTarget; secrets: Partial<EmailSecrets> }
  | { kind: "email"; viaId: number; settings: EmailTarget; secrets: null }
  | {
      kind: "telegram";
      viaId: null;
      settings: TelegramServer & TelegramTarget;
      secrets: Partial<TelegramSecrets>;
    }
  | { kind: "telegram"; viaId: number; settings: TelegramTarget; secrets: null }
  | { kind: "max"; viaId: null; settings: MaxServer & MaxTarget; secrets: Partial<MaxSecrets> }
  | { kind: "max"; viaId: number; settings: MaxTarget; secrets: null }
  | { kind: "push"; viaId: null; settings: PushTarget; secrets: Partial<PushSecrets> }
  | { kind: "webhook"; viaId: null; settings: WebhookTarget; secrets: Partial<WebhookSecrets> };

/** Reads what was stored by `ChannelTerms`. */
export function placeOf({
  kind,
  settings,
  via_id: viaId,
}: Pick<ChannelTable, "kind" | "settings" | "via_id">): ChannelPlace {
  const stored = parseJson(settings);
  if (kind === "webhook") return { kind, server: null, target: stored as WebhookTarget };
  if (kind === "telegram") {
    const server = viaId === null ? (stored as TelegramServer) : null;
    return { kind, server, target: stored as TelegramTarget };
  }
  if (kind === "max") {
    return { kind, server: viaId === null ? (stored as MaxServer) : null, target: stored as MaxTarget };
  }
  if (kind === "push") return { kind, server: null, target: stored as PushTarget };
  return { kind, server: viaId === null ? (stored as EmailServer) : null, target: stored as EmailTarget };
}
