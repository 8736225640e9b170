import type { Generated } from "kysely";
import type { Connection } from "../../pos-client/calls/pos-server.ts";
import type { AcknowledgementEnd } from "../../restaurants/end-acknowledgements.ts";

export interface OrganizationTable {
  id: Generated<number>;
  name: string;
  nameSort: string;
  crmId: string;
  archivedAt: number | null;
  createdAt: number;
}

/** The registry: what people entered. */
export interface PosServerTable {
  id: Generated<number>;
  organizationId: number;
  name: string;
  nameSort: string;
  /** Name, address and CrmId, for the search box. */
  searchText: string;
  connection: Connection;
  address: string | null;
  /** Encrypted with the key of the data folder. */
  sealedToken: Uint8Array | null;
  fingerprint: string | null;
  /** `posServerId` of the protocol, from the pairing or the first report. */
  identity: string | null;
  /** The computer whose agent it waits for, as an administrator has named it; null = none was named. */
  computer: Generated<string | null>;
  pollIntervalMs: number | null;
  /** 0 = its restaurant does not want lines of its log to be fetched at every failure. */
  keepsLogLines: Generated<number>;
  parked: number;
  createdAt: number;
  /** When it was moved to its organization; 0 = it was added there. */
  organizationSince: Generated<number>;
}

/** No row for a POS server that was registered as parked. */
export interface ParkingTable {
  posServerId: number;
  parkedAt: number;
  userId: number | null;
  userName: string | null;
  reason: string | null;
  /** When it ends by itself; null = when somebody ends it. */
  endsAt: number | null;
}

/** Who takes or took care of a POS server or a common incident; one at a time. */
export interface AcknowledgementTable {
  id: Generated<number>;
  /** Either this or `incidentId` is null. */
  posServerId: number | null;
  incidentId: number | null;
  /** null = that user is gone. */
  userId: number | null;
  userName: string;
  note: string | null;
  takenAt: number;
  /** When it ends at the latest. */
  endsAt: number;
  endedAt: number | null;
  endedBy: AcknowledgementEnd | null;
}

/** In their first spelling. */
export interface TagTable {
  id: Generated<number>;
  name: string;
  nameSearch: string;
}

export interface PosServerTagTable {
  posServerId: number;
  tagId: number;
}

/** Of an organization or of one POS server; no row without opening hours or works. */
export interface OpeningHoursTable {
  id: Generated<number>;
  organizationId: number | null;
  posServerId: number | null;
  /** Of the IANA database; null = not set. */
  timeZone: string | null;
  /** WeeklySpan[] as JSON; null = not set. */
  hours: string | null;
  /** PlannedWorks as JSON. */
  works: string;
}

export interface RestaurantNoteTable {
  posServerId: number;
  phone: string | null;
  person: string | null;
  text: string | null;
  userId: number | null;
  userName: string;
  changedAt: number;
}

/** One row; its number grows with every change of the registry by any process. */
export interface RegistryRevisionTable {
  id: number;
  revision: number;
}
