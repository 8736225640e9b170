import { type ChannelKind, isMessenger } from "../../notifications/channels/channel.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { failureInWords } from "../words/channel-in-words.ts";
import type { ChannelTold } from "../words/told.ts";

/** Says how something ended that was done to a channel. */
export function toldInWords(
  viewer: Pick<Viewer, "t">,
  kind: ChannelKind,
  told: ChannelTold,
): { text: string; isProblem: boolean } {
  const { t } = viewer;
  if (told.kind !== "tested")
    return { text: t(`channels.told.${told.kind}`), isProblem: told.kind === "tooManyTests" };
  const { outcome } = told;
  if (!outcome.ok) {
    const failure = failureInWords(viewer, outcome.failure, outcome.detail);
    return { text: t("channels.told.testFailed", { failure }), isProblem: true };
  }
  const text = isMessenger(kind)
    ? t("channels.told.testInChat")
    : t("channels.told.testTaken", { answer: outcome.answer });
  return { text, isProblem: false };
}
