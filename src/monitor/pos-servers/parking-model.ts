import type { ListedPosServer } from "../filter/list-pos-servers.ts";
import type { Parking } from "../restaurants/park-pos-server.ts";
import { asSentence } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** Since when a POS server is parked, by whom, why and until when, as far as known. */
export function parkedInWords(
  { t, format }: Viewer,
  parking: Parking | null,
  parkedAt: number,
  now: number,
): string {
  const time = format.time(parking?.parkedAt ?? parkedAt, now);
  const name = parking?.userName ?? null;
  const since = name ? t("parking.sinceBy", { time, name }) : t("parking.since", { time });
  const reason = parking?.reason ? t("parking.because", { reason: asSentence(parking.reason) }) : "";
  const endsAt = parking?.endsAt ?? null;
  const end =
    endsAt === null ? t("parking.withoutEnd") : t("parking.endsAt", { time: format.time(endsAt, now) });
  return [since, reason, end, t("parking.what")].filter(Boolean).join(" ");
}

/** Why a POS server is parked and until when, for a row; null = neither is known. `title` has both, with the exact time. */
export function parkingBriefly(
  { t, format }: Viewer,
  { parkingReason: reason, parkingEndsAt: endsAt }: Pick<ListedPosServer, "parkingReason" | "parkingEndsAt">,
  now: number,
): { text: string; until: string | null; title: string } | null {
  if (endsAt === null) return reason === null ? null : { text: reason, until: null, title: reason };
  const isToday = format.day(endsAt, now) === format.day(now, now);
  const time = isToday ? format.clock(endsAt, now) : format.longDay(endsAt, now);
  const exactly = format.time(endsAt, now);
  if (reason === null) {
    const title = t("parking.onlyUntil", { time: exactly });
    return { text: t("parking.onlyUntil", { time }), until: null, title };
  }
  const title = `${reason} · ${t("parking.untilTime", { time: exactly })}`;
  return { text: reason, until: t("parking.untilTime", { time }), title };
}
