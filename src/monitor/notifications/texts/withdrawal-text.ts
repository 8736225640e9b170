import { beginSentence } from "../../viewer/in-sentence.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { IncidentFacts, MessageText } from "../channels/message.ts";
import type { Withdrawal } from "../rules/withdrawal.ts";
import { linkTo } from "./links.ts";

/** The last that a channel is told of an incident of which it is told no more. @param address of Poswatch; empty = not known. */
export function withdrawalText(
  { t }: Pick<Viewer, "t">,
  { id, reason, posServer, organizations }: Withdrawal,
  address: string,
): MessageText {
  const isOfRules = reason === "rules";
  const standing = isOfRules ? t("message.withdrawn.title") : t(`incident.ended.${reason}`);
  return {
    sign: "calm",
    title: posServer ? t("message.titleOfOne", { name: posServer, standing }) : beginSentence(standing),
    paragraphs: [t(isOfRules ? "message.withdrawn.rules" : "message.withdrawn.notPolled")],
    list: [],
    footer: organizations.join(", ") || null,
    // Nobody is shown what is archived.
    open: reason === "archived" ? null : linkTo({ t }, address, `/incidents/${id}`),
    taking: null,
  };
}

/** The same for programs: for their channel it is over. */
export function withdrawalFacts({ reason, ...incident }: Withdrawal): IncidentFacts {
  const { id, kind, state, openedAt, closedAt } = incident;
  const isOfRules = reason === "rules";
  return {
    ...{ id, kind, status: "over", state, cause: null, failing: 0, members: 0, organizations: [] },
    openedAt: new Date(openedAt).toISOString(),
    closedAt: isOfRules || closedAt === null ? null : new Date(closedAt).toISOString(),
    endedBy: isOfRules ? null : reason,
    ...{ posServer: null, takenBy: null },
  };
}
