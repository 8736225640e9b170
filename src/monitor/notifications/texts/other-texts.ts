import type { FailureClass } from "../../outgoing/failure.ts";
import { inSentence } from "../../viewer/in-sentence.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { MessageText } from "../channels/message.ts";
import { linkTo } from "./links.ts";

type Words = Pick<Viewer, "t" | "format">;

const CALM = { sign: "calm", list: [], footer: null, taking: null } as const;

/** What the test button sends. */
export function testText({ t }: Words, name: string, address: string): MessageText {
  return {
    ...CALM,
    title: t("message.test.title"),
    paragraphs: [t("message.test.text", { name }), t("message.test.nothing")],
    open: linkTo({ t }, address, "/incidents"),
  };
}

/** A channel that fails, as another one is told of it. */
export interface FailingChannel {
  id: number;
  name: string;
  failingSince: number;
  failure: FailureClass;
}

/** Says that another channel fails. */
export function failingChannelText(
  { t, format }: Words,
  { id, name, failingSince, failure }: FailingChannel,
  address: string,
  now: number,
): MessageText {
  return {
    ...CALM,
    sign: "failing",
    title: t("message.channel.title", { name }),
    paragraphs: [
      t("message.channel.text", {
        failure: inSentence(t(`channelFailure.${failure}`)),
        time: format.clock(failingSince, now),
      }),
      t("message.channel.waiting"),
    ],
    open: linkTo({ t }, address, `/channels/${id}`),
  };
}

/** Says that another channel works again. */
export function workingChannelText(
  { t }: Words,
  { id, name }: Pick<FailingChannel, "id" | "name">,
  address: string,
): MessageText {
  return {
    ...CALM,
    sign: "over",
    title: t("message.channel.works", { name }),
    paragraphs: [t("message.channel.sentLater")],
    open: linkTo({ t }, address, `/channels/${id}`),
  };
}

/** Says that there are more incidents than are written of. @param open how many. */
export function summaryText({ t }: Words, open: number, address: string): MessageText {
  return {
    ...CALM,
    sign: "failing",
    title: t("message.summary.title"),
    paragraphs: [t("message.summary.text", { count: open }), t("message.summary.later")],
    open: linkTo({ t }, address, "/incidents"),
  };
}
