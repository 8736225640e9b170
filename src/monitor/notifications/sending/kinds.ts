import { maxKind, telegramKind } from "../channels/bots/kind.ts";
import { emailKind } from "../channels/email/kind.ts";
import type { AnyKind, ChannelKind } from "../channels/kind.ts";
import { pushKind } from "../channels/push/kind.ts";
import { webhookKind } from "../channels/webhook/kind.ts";

/** All kinds of channels: to add one, make its folder, and name it here and in `CHANNEL_KINDS`. */
export const KINDS: Record<ChannelKind, AnyKind> = {
  email: emailKind,
  telegram: telegramKind,
  max: maxKind,
  webhook: webhookKind,
  push: pushKind,
};
