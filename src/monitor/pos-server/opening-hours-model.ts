import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import type { HoursOfPosServer } from "../fleet/opening-hours/opening-hours.ts";
import { hoursFacts } from "../fleet/opening-hours/opening-hours-in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** The opening hours on the page of a POS server. */
export function openingHoursModel(
  viewer: Viewer,
  { id }: Pick<ShownPosServer, "id">,
  hours: HoursOfPosServer,
  now: number,
) {
  const facts = hoursFacts(viewer, hours, now);
  return {
    formUrl: `/pos-servers/${id}/opening-hours/new`,
    change: viewer.t(facts.length > 0 ? "openingHours.change" : "openingHours.add"),
    facts,
  };
}
