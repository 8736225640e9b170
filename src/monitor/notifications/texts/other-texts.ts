import { linkAt } from "../../fleet/pages-address.ts";
import type { FailureClass } from "../../outgoing/failure.ts";
import { beginSentence } from "../../viewer/in-sentence.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { MessageLink, MessageText } from "../channels/message.ts";
import type { Withdrawal } from "../rules/see-incidents.ts";

/** In which words something is said, with links to which address (`https://host/path`, empty = not known), and when (`now`, ms UTC). */
export interface Speech {
  words: Pick<Viewer, "t" | "format">;
  address: string;
  now: number;
}

/** «Открыть»: a page of Poswatch; null when nobody knows its address. */
export function linkTo({ words, address }: Speech, path: string): MessageLink | null {
  return address === "" ? null : { text: words.t("message.open"), url: linkAt(address, path) };
}

/** What kept a message from getting through, and what the other side or the system said of it. */
export function failureInWords({ t }: Pick<Viewer, "t">, failure: FailureClass, detail: string): string {
  const words = t(`channelFailure.${failure}`);
  return detail === "" ? words : `${words} ${detail}`;
}

/** The last that a channel is told of an incident of which it is told no more. */
export function withdrawalText(withdrawal: Withdrawal, to: Speech): MessageText {
  const { id, reason, posServer: name, organizations } = withdrawal;
  const { t } = to.words;
  const isOfRules = reason === "rules";
  const standing = isOfRules ? t("message.withdrawn.title") : t(`incident.ended.${reason}`);
  return {
    ...{ sign: "calm", list: [], taking: null },
    title: name ? t("message.titleOfOne", { name, standing }) : beginSentence(standing),
    paragraphs: [t(isOfRules ? "message.withdrawn.rules" : "message.withdrawn.notPolled")],
    footer: organizations.join(", ") || null,
    // Nobody is shown what is archived.
    open: reason === "archived" ? null : linkTo(to, `/incidents/${id}`),
  };
}
