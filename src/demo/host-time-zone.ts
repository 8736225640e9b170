import { isTimeZone } from "../monitor/viewer/time-zones.ts";

const USUAL_TIME_ZONE = "Europe/Moscow";

/** The time zone of this machine, in which its owner's browser shows times too. */
export function hostTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : USUAL_TIME_ZONE;
}
