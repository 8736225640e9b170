import { type StaticDecode, Type } from "typebox";
import { DAY_MS } from "../../protocol/time-units.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { readForm, Text, Tick } from "../forms/fields.ts";
import { readLocalTime, writeLocalTime } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ShownPosServer } from "./find-pos-server.ts";
import type { Parking } from "./park-pos-server.ts";
import { findEndProblem } from "./until-choices.ts";

export const MAX_REASON_LENGTH = 200;
const MAX_PARKING_MS = 731 * DAY_MS;

/** Without `parked` the POS server is unparked. */
const ParkingForm = Type.Object({ parked: Tick, reason: Text, until: Text });

interface FilledParkingForm {
  values: Omit<StaticDecode<typeof ParkingForm>, "parked">;
  /** Keys of the catalogs. */
  problems: { reason?: string; until?: string };
}

export function beginParkingForm(parking: Parking | null, timeZone: string): FilledParkingForm {
  const endsAt = parking?.endsAt ?? null;
  const until = endsAt === null ? "" : writeLocalTime(endsAt, timeZone);
  return { values: { reason: parking?.reason ?? "", until }, problems: {} };
}

/** Reads why a POS server is parked and until when, in the viewer's zone; either may be empty. */
export function readParkingForm(body: unknown, timeZone: string, now: number) {
  const { parked, ...values } = readForm(ParkingForm, body);
  const reason = visibleText(values.reason.replace(/\s+/g, " ").trim());
  const hasEnd = values.until.trim() !== "";
  const endsAt = hasEnd ? readLocalTime(values.until.trim(), timeZone, "last") : null;
  const untilProblem = hasEnd ? findEndProblem(endsAt, MAX_PARKING_MS, now) : null;
  return {
    parked,
    values,
    reason: reason || null,
    /** ms UTC; null = until somebody unparks it. */
    endsAt,
    problems: {
      ...(reason.length > MAX_REASON_LENGTH && { reason: "parking.problem.reasonTooLong" }),
      ...(untilProblem && { until: `parking.problem.${untilProblem}` }),
    },
  };
}

export function parkingFormModel(
  { t }: Viewer,
  { id, name, organizationName, crmId, parked }: ShownPosServer,
  { values, problems }: FilledParkingForm,
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
    submit: t(isParked ? "form.save" : "batch.kind.park"),
  };
}
