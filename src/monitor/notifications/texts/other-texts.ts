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

/** What kept a message from getting through, and what the other side or the system said of it. */
export function failureInWords({ t }: Pick<Viewer, "t">, failure: FailureClass, detail: string): string {
  const words = t(`channelFailure.${failure}`);
  return detail === "" ? words : `${words} ${detail}`;
}

/** A channel of which another one tells. */
export interface ToldChannel {
  id: number;
  name: string;
  /** null = it works. */
  failingSince: number | null;
  failure: FailureClass | null;
  detail: string | null;
}

/** Says that another channel fails, or that it works again. */
export function channelText(
  { t, format }: Words,
  { id, name, failingSince, failure, detail }: ToldChannel,
  address: string,
  now: number,
): MessageText {
  const open = linkTo({ t }, address, `/channels/${id}`);
  if (failingSince === null) {
    const title = t("message.channel.works", { name });
    return { ...CALM, sign: "over", title, paragraphs: [t("message.channel.sentLater")], open };
  }
  const why = failureInWords({ t }, failure ?? "temporary", detail ?? "");
  const since = { failure: inSentence(why), time: format.clock(failingSince, now) };
  return {
    ...CALM,
    sign: "failing",
    title: t("message.channel.title", { name }),
    paragraphs: [t("message.channel.text", since), t("message.channel.waiting")],
    open,
  };
}

/** Says that there is something to be told of an incident, and no more. */
export function plainText({ t }: Words, incidentId: number, address: string): MessageText {
  return {
    ...CALM,
    title: t("message.plain.title", { id: String(incidentId) }),
    paragraphs: [t("message.plain.text")],
    open: linkTo({ t }, address, `/incidents/${incidentId}`),
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
