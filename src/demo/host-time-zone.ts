import { isTimeZone } from "../monitor/viewer/time-zones.ts";

const USUAL_TIME_ZONE = "Europe/Moscow";

/** The machine's time zone, which its owner's browser uses too. */
export function hostTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : USUAL_TIME_ZONE;
}
