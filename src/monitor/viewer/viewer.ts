import { LRUCache } from "lru-cache";
import type { OrganizationAccess } from "./access.ts";
import { createFormat, type Format } from "./format.ts";
import { DEFAULT_LANGUAGE, isLanguage, type Language, type Translate, translator } from "./language.ts";

export interface SignedInUser {
  id: number;
  sessionId: number;
  login: string;
  name: string;
  isAdministrator: boolean;
  /** null = as the browser says. */
  chosenTimeZone: string | null;
}

/** Whom a page is for: what they may see, and in which words and times. */
export interface Viewer {
  user: SignedInUser | null;
  /** The organizations for which they have «Настройка предприятия». */
  organizations: OrganizationAccess;
  language: Language;
  /** IANA name. */
  timeZone: string;
  t: Translate;
  format: Format;
}
const SERVER_TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

type Presentation = Pick<Viewer, "language" | "timeZone" | "t" | "format">;

const MAX_PRESENTATIONS = 100;

/** Many people share few; making one takes a millisecond. Kept under canonical names, so that no cookie pushes others out. */
const presentations = new LRUCache<string, Presentation>({ max: MAX_PRESENTATIONS });

/** As they stand in a cookie; unknown values fall back to Russian and to the server's zone. */
export function presentationFor(
  languageText: string | undefined,
  zoneText: string | undefined,
): Presentation {
  const language = isLanguage(languageText) ? languageText : DEFAULT_LANGUAGE;
  const kept = presentations.get(`${language} ${zoneText ?? SERVER_TIME_ZONE}`);
  if (kept) return kept;
  const timeZone = canonicalTimeZone(zoneText) ?? SERVER_TIME_ZONE;
  const key = `${language} ${timeZone}`;
  const presentation = presentations.get(key) ?? {
    language,
    timeZone,
    t: translator(language),
    format: createFormat(language, timeZone),
  };
  presentations.set(key, presentation);
  return presentation;
}

function canonicalTimeZone(text: string | undefined): string | null {
  if (!text || !/^[A-Za-z0-9_+/-]{1,64}$/.test(text)) return null;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
