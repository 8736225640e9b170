import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { SignedInUser, Viewer } from "../../viewer/viewer.ts";
import { listSessionsOf } from "../sessions/sessions.ts";
import { describeBrowser } from "./describe-browser.ts";
import { listTimeZones } from "./time-zones.ts";

/** Finds what the page of one's own account shows. */
export async function accountPage(
  db: Kysely<Database>,
  viewer: Viewer,
  user: SignedInUser,
  now: number,
): Promise<object> {
  const { t, format, language } = viewer;
  const sessions = await listSessionsOf(db, user.id, now);
  return {
    zones: listTimeZones(language, now),
    chosenTimeZone: user.chosenTimeZone,
    sessions: sessions.map(({ id, seenAt, address, browser }) => {
      const { name, system } = describeBrowser(browser);
      return {
        isCurrent: id === user.sessionId,
        browser: name && system ? t("account.browserOn", { name, system }) : (name ?? system),
        address,
        seenAt: { iso: new Date(seenAt).toISOString(), text: format.time(seenAt, now) },
      };
    }),
  };
}
