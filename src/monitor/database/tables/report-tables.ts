import type { Generated } from "kysely";
import type { OpeningHoursTable } from "./registry-tables.ts";

/** Opening hours that were changed at `untilAt`. */
export interface PastOpeningHoursTable extends OpeningHoursTable {
  untilAt: number;
}

/** The time of a POS server in an organization that it has left, since it was moved or removed. */
export interface PastStayTable {
  id: Generated<number>;
  /** null = removed. */
  posServerId: number | null;
  organizationId: number;
  name: string;
  /** With a space before and after each; null = it had none. */
  tagIds: string | null;
  fromAt: number;
  toAt: number;
  hasExchanged: number;
  /** `StayRows`, as `packRows` packs them. */
  rows: Uint8Array;
}

/** Whom the report of each week is sent to by mail. */
export interface ReportSubscriptionTable {
  id: Generated<number>;
  userId: number;
  /** null = all that the user may see. */
  organizationId: number | null;
  /** null = with any tags. */
  tagId: number | null;
  /** The Monday (`YYYY-MM-DD`) of the last week that was reported; null = none yet. */
  lastWeek: string | null;
}
