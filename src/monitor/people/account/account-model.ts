import { describedBy, fieldsOf } from "../../forms/field-model.ts";
import { languageOptions } from "../../viewer/language.ts";
import { timeZoneOptions } from "../../viewer/time-zones.ts";
import type { SignedInUser, Viewer } from "../../viewer/viewer.ts";
import type { ListedSession } from "../sessions/sessions.ts";
import type { Problems } from "./change-account.ts";
import { browserInWords } from "./describe-browser.ts";

export interface AccountPage {
  viewer: Viewer;
  user: SignedInUser;
  sessions: ListedSession[];
  problems: Problems;
  /** The key of what was done. */
  notice: string | null;
  now: number;
}

/** What the template of `/account` shows. */
export function accountModel({ viewer, user, sessions, problems, notice, now }: AccountPage) {
  const { t } = viewer;
  return {
    url: "/account",
    notice: notice && t(`account.notice.${notice}`),
    hasProblems: Object.keys(problems).length > 0,
    passwordFields: passwordFields(viewer, problems),
    preferences: preferences(viewer, user, problems, now),
    sessions: sessions.map((session) => sessionModel(viewer, user, session, now)),
    hasOtherSessions: sessions.length > 1,
  };
}

function passwordFields({ t }: Viewer, problems: Problems) {
  const field = fieldsOf(t, { typed: {}, problems });
  const secret = { type: "password", autocomplete: "new-password", isRequired: true };
  return [
    field("current", { ...secret, label: t("account.current"), autocomplete: "current-password" }),
    field("password", { ...secret, label: t("account.password"), hint: t("password.hint") }),
    field("repeated", { ...secret, label: t("account.repeated") }),
  ];
}

function preferences(
  { t, language }: Viewer,
  { chosenTimeZone }: SignedInUser,
  problems: Problems,
  now: number,
) {
  const notes = (field: string) => {
    const key = problems[field];
    const problem = key ? t(key) : null;
    return { problem, describedBy: describedBy(field, { problem }) };
  };
  return {
    language: {
      ...notes("language"),
      options: languageOptions(t, language),
    },
    timeZone: {
      ...notes("timeZone"),
      options: timeZoneOptions(language, chosenTimeZone, now),
    },
  };
}

function sessionModel(
  { t, format }: Viewer,
  user: SignedInUser,
  { id, seenAt, address, browser }: ListedSession,
  now: number,
) {
  return {
    isCurrent: id === user.sessionId,
    browser: browserInWords({ t }, browser) ?? t("account.unknownBrowser"),
    from: t("account.from", { address }),
    seenAt: { iso: new Date(seenAt).toISOString(), text: format.time(seenAt, now) },
  };
}
