import type { Viewer } from "../../viewer/viewer.ts";
import { ACCOUNTS_URL } from "../words/addresses.ts";
import type { KnownChannels } from "./list-model.ts";

/** How somebody links their own account of a messenger, and what is linked; null = there is no bot. */
export function messengersModel(
  { t, format }: Viewer,
  { bots, accounts, told }: Pick<KnownChannels, "bots" | "accounts" | "told">,
  now: number,
) {
  if (bots.length === 0) return null;
  const code = told?.kind === "messengerCode" ? told : null;
  return {
    code: code && {
      link: code.link,
      message: `/start ${code.code}`,
      ends: t("messenger.codeEnds", { time: format.clock(code.expiresAt, now) }),
    },
    bot: {
      ...{ name: "channel", label: t("messenger.bot"), problem: null, hint: null, describedBy: null },
      options: bots.map(({ id, name }, index) => ({ value: String(id), text: name, isChosen: index === 0 })),
    },
    accounts: accounts.map(({ channelId, channelName, name, linkedAt }) => ({
      name,
      since: t("messenger.linked", { name: channelName, day: format.day(linkedAt, now) }),
      unlinkUrl: `${ACCOUNTS_URL}/${channelId}/removal/new`,
      unlinkLabel: t("messenger.unlinkNamed", { name }),
    })),
  };
}
