import { maxKind, telegramKind } from "./bots/kind.ts";
import type { ChannelKind } from "./channel.ts";
import { emailKind } from "./email/kind.ts";
import type { AnyKind } from "./kind.ts";
import { pushKind } from "./push/kind.ts";
import { webhookKind } from "./webhook/kind.ts";

/** All kinds of channels: to add one, make its folder, and name it here and in `CHANNEL_KINDS`. */
export const KINDS: Record<ChannelKind, AnyKind> = {
  email: emailKind,
  telegram: telegramKind,
  max: maxKind,
  webhook: webhookKind,
  push: pushKind,
};
