import { DAY_MS } from "../../protocol/time-units.ts";
import type { Language } from "./language.ts";

const ZONES = [...Intl.supportedValuesOf("timeZone"), "UTC"];

const listed = new Map<Language, { day: number; zones: ReturnType<typeof describeZone>[] }>();

export function isTimeZone(text: string): boolean {
  return ZONES.includes(text);
}

/** Reads a zone as people write it: its name in any letter case, or its whole label. @returns null when it is none. */
export function readTimeZone(text: string): string | null {
  const [, name = text] = /\(([^()]+)\)\s*$/.exec(text) ?? [];
  const wanted = name.trim().toLowerCase();
  return ZONES.find((zone) => zone.toLowerCase() === wanted) ?? null;
}

/** From west to east, with labels as of `now`: `UTC+03:00 Москва (Europe/Moscow)`. Kept for a day: they take 30 ms. */
export function listTimeZones(language: Language, now: number) {
  const day = Math.floor(now / DAY_MS);
  const known = listed.get(language);
  if (known?.day === day) return known.zones;
  const zones = ZONES.map((id) => describeZone(id, language, now)).sort(
    (one, other) => one.offsetMinutes - other.offsetMinutes || one.label.localeCompare(other.label, language),
  );
  listed.set(language, { day, zones });
  return zones;
}

export function timeZoneChoices(language: Language, now: number) {
  return listTimeZones(language, now).map(({ id, label }) => [id, label] as const);
}

function describeZone(id: string, language: Language, now: number) {
  const name = (style: "longOffset" | "shortGeneric", words: string) =>
    new Intl.DateTimeFormat(words, { timeZone: id, timeZoneName: style })
      .formatToParts(now)
      .find(({ type }) => type === "timeZoneName")?.value ?? "";
  const offset = name("longOffset", "en").replace("GMT", "") || "+00:00";
  const place = name("shortGeneric", language);
  const isPlace = /^\p{L}/u.test(place) && !place.startsWith("GMT");
  const [hours = 0, minutes = 0] = offset.slice(1).split(":").map(Number);
  return {
    id,
    label: isPlace ? `UTC${offset} ${place} (${id})` : `UTC${offset} ${id}`,
    offsetMinutes: (hours * 60 + minutes) * (offset.startsWith("-") ? -1 : 1),
  };
}
