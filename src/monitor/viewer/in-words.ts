import { findKnownDetail } from "../pos-client/known-details.ts";
import { hasText } from "./language.ts";
import type { Viewer } from "./viewer.ts";

const NAMED_ORGANIZATIONS = 3;

/** Shorter names are never cut. */
const CUT_FROM_LENGTH = 13;
/** With its comma. */
const LONGEST_HOUSE_NUMBER = 9;

/** No user can have such a login. */
const TOKEN_LOGIN = /^token:(\d+)$/;

/** A failure in words, with its technical detail where there is one. */
export function withDetail(t: Viewer["t"], words: string, detail: string | null | undefined): string {
  return detail ? t("posServers.failureDetail", { words, detail: detailInWords(t, detail) }) : words;
}

/** The words of a code, from the first of these parts of the catalogs that has it; null = none has. */
export function codeInWords(t: Viewer["t"], code: string, ...parts: string[]): string | null {
  const part = parts.find((one) => hasText(`${one}.${code}`));
  return part ? t(`${part}.${code}`) : null;
}

/** The technical detail of a failure: in words where it is known, or else as it was reported. */
export function detailInWords(t: Viewer["t"], detail: string): string {
  const known = findKnownDetail(detail);
  return known ? t(`callDetail.${known.key}`, known.values) : detail;
}

/** When something was, within a sentence: «в 23:57», from the next day on «25.11 в 23:57». */
export function atTime({ t, format }: Pick<Viewer, "t" | "format">, at: number, now: number): string {
  const [time, day] = [format.clock(at, at), format.day(at, now)];
  return day === format.day(now, now) ? t("at.today", { time }) : t("at.otherDay", { day, time });
}

/** A label within a sentence: its first word is small, unless it is a name such as POS. */
export function inSentence(text: string): string {
  return /^\p{Lu}\p{Ll}/u.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}

export function beginSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** A text with a full stop, unless it ends like a sentence already. */
export function asSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** The login of a token of the API as an actor. */
export function loginOfToken(id: number): string {
  return `token:${id}`;
}

/** @returns null when the login is not that of a token of the API. */
export function idOfToken(login: string | null): number | null {
  const [, id] = TOKEN_LOGIN.exec(login ?? "") ?? [];
  return id === undefined ? null : Number(id);
}

/** Who asked for something, as a row keeps them. */
export function nameOfActor(
  { t }: Pick<Viewer, "t">,
  { userName, userLogin }: { userName: string | null; userLogin: string },
): string {
  const name = userName ?? userLogin;
  return idOfToken(userLogin) !== null ? t("apiTokens.actor", { name }) : name;
}

/** Splits a long name so that only its start may be cut, and the house number behind the last comma stays whole. */
export function namePartsOf(name: string) {
  const comma = name.lastIndexOf(",");
  const isHouseNumber = comma > 0 && name.length - comma <= LONGEST_HOUSE_NUMBER;
  if (name.length < CUT_FROM_LENGTH || !isHouseNumber) return { start: name, end: "" };
  return { start: name.slice(0, comma + 1), end: name.slice(comma + 1) };
}

/** Names the first organizations, and counts the others. @param names in the order to show. */
export function organizationsInWords({ t }: Pick<Viewer, "t">, names: "all" | readonly string[]): string {
  if (names === "all") return t("users.allOrganizations");
  if (names.length === 0) return t("wall.noOrganizations");
  const shown = names.length > NAMED_ORGANIZATIONS ? names.slice(0, NAMED_ORGANIZATIONS - 1) : names;
  const others = names.length - shown.length;
  return [...shown, ...(others > 0 ? [t("wall.otherOrganizations", { count: others })] : [])].join(", ");
}
