import { fieldsOf } from "../forms/field-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Parking } from "../restaurants/park-pos-server.ts";
import { asSentence } from "../viewer/in-sentence.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ListedPosServer } from "./list-pos-servers.ts";
import { MAX_REASON_LENGTH, type ParkingProblems, type ParkingValues } from "./parking-form.ts";

/** What the template of `/pos-servers/:id/parking/new` shows. */
export function parkingModel(
  { t }: Viewer,
  { id, name, organizationName, crmId, parked }: ShownPosServer,
  { values, problems }: { values: ParkingValues; problems: ParkingProblems },
) {
  const field = fieldsOf(t, { typed: values, problems, limits: { maxLength: MAX_REASON_LENGTH } });
  const isParked = parked === 1;
  return {
    title: t(isParked ? "parking.changeTitle" : "parking.title", { name }),
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    path: `/pos-servers/${id}/parking`,
    posServerUrl: `/pos-servers/${id}`,
    what: t("parking.what"),
    fields: [
      field("reason", { label: t("parking.reason"), hint: t("parking.reasonHint"), isFocused: true }),
      field("until", {
        label: t("parking.until"),
        type: "datetime-local",
        hint: t("parking.untilHint"),
      }),
    ],
    submit: t(isParked ? "form.save" : "posServer.park"),
  };
}

/** Since when a POS server is parked, by whom, why and until when: as far as it is known. */
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

/**
 * Why a POS server is parked, and until when, for a row; null = neither is known.
 * @returns `title` = both at once, with the exact time.
 */
export function parkingBriefly(
  { t, format }: Viewer,
  { parkingReason: reason, parkingEndsAt: endsAt }: Pick<ListedPosServer, "parkingReason" | "parkingEndsAt">,
  now: number,
): { text: string; until: string | null; title: string } | null {
  if (endsAt === null) return reason === null ? null : { text: reason, until: null, title: reason };
  const isToday = format.day(endsAt, now) === format.day(now, now);
  const time = isToday ? format.clock(endsAt, now) : format.longDay(endsAt, now);
  const exactly = format.time(endsAt, now);
  return reason === null
    ? {
        text: t("parking.onlyUntil", { time }),
        until: null,
        title: t("parking.onlyUntil", { time: exactly }),
      }
    : {
        text: reason,
        until: t("parking.untilTime", { time }),
        title: `${reason} · ${t("parking.untilTime", { time: exactly })}`,
      };
}
