import type { Confirmation } from "../../forms/confirmation.ts";
import type { MessengerAccount } from "../../notifications/registry/messenger-accounts.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { ACCOUNTS_URL, CHANNELS_URL } from "../words/addresses.ts";

/** What is asked before a bot forgets somebody's account. */
export function unlinkConfirmation(
  { t }: Viewer,
  { channelId, channelName, name }: MessengerAccount,
): Confirmation {
  return {
    title: t("messenger.unlinking.title", { name }),
    subtitle: channelName,
    texts: [t("messenger.unlinking.text"), t("messenger.unlinking.wayBack")],
    problem: null,
    path: `${ACCOUNTS_URL}/${channelId}/removal`,
    sends: { name: "removed", value: "yes" },
    submit: t("messenger.unlink"),
    isDanger: true,
    backUrl: CHANNELS_URL,
  };
}
