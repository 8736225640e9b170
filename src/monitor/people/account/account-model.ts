import { fieldsOf } from "../../forms/field-model.ts";
import { languageChoices } from "../../viewer/language.ts";
import { timeZoneChoices } from "../../viewer/time-zones.ts";
import type { SignedInUser, Viewer } from "../../viewer/viewer.ts";
import type { ListedSession } from "../sessions/sessions.ts";
import type { Problems } from "./change-account.ts";

/** From the special to the general: most browsers also name those that they are made from. */
const BROWSERS: readonly [RegExp, string][] = [
  [/YaBrowser\//, "Yandex Browser"],
  [/Edg(?:e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Macintosh|Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

interface AccountPage {
  viewer: Viewer;
  user: SignedInUser;
  sessions: ListedSession[];
  problems: Problems;
  /** The key of what was done. */
  notice: string | null;
  now: number;
}

export function accountModel({ viewer, user, sessions, problems, notice, now }: AccountPage) {
  const { t, format, language } = viewer;
  const field = fieldsOf(t, { typed: {}, problems });
  const secret = { type: "password", autocomplete: "new-password", isRequired: true };
  return {
    url: "/account",
    notice: notice && t(`account.notice.${notice}`),
    hasProblems: Object.keys(problems).length > 0,
    passwordFields: [
      field("current", { ...secret, label: t("account.current"), autocomplete: "current-password" }),
      field("password", { ...secret, label: t("account.password"), hint: t("password.hint") }),
      field("repeated", { ...secret, label: t("account.repeated") }),
    ],
    preferences: {
      language: field("language", {
        label: t("account.language"),
        value: language,
        choices: languageChoices(t),
      }),
      timeZone: field("timeZone", {
        label: t("account.timeZone"),
        value: user.chosenTimeZone ?? "",
        choices: timeZoneChoices(language, now),
      }),
    },
    sessions: sessions.map(({ id, seenAt, address, browser }) => ({
      isCurrent: id === user.sessionId,
      browser: browserInWords(viewer, browser) ?? t("account.unknownBrowser"),
      from: t("account.from", { address }),
      seenAt: { iso: new Date(seenAt).toISOString(), text: format.time(seenAt, now) },
    })),
    hasOtherSessions: sessions.length > 1,
  };
}

/** Names browser and system from a `User-Agent` header; null = unknown. */
export function describeBrowser(userAgent: string): { name: string | null; system: string | null } {
  const find = (names: readonly [RegExp, string][]) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  return { name: find(BROWSERS), system: find(SYSTEMS) };
}

function browserInWords({ t }: Pick<Viewer, "t">, userAgent: string): string | null {
  const { name, system } = describeBrowser(userAgent);
  return name && system ? t("account.browserOn", { name, system }) : (name ?? system);
}
