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
  /** Name, address and CrmId as the search box looks for them. */
  searchText: string;
  connection: Connection;
  address: string | null;
  /** The token, encrypted with the key of the data folder. */
  sealedToken: Uint8Array | null;
  fingerprint: string | null;
  /** `posServerId` of the protocol: the identity it was paired with, or gave with its first report. */
  identity: string | null;
  /** Two machines with this identity, of which somebody has to choose one: `Rivals` as JSON; null = there is one, as far as is known. */
  rivalAgents: Generated<string | null>;
  /** The machine of an agent with this identity that somebody has decided against, or its process where that tells it apart; null = there is none. */
  refusedAgent: Generated<string | null>;
  pollIntervalMs: number | null;
  parked: number;
  createdAt: number;
}

/** What is known of how a POS server was parked, while it is; there is none for one that was registered as parked. */
export interface ParkingTable {
  posServerId: number;
  parkedAt: number;
  userId: number | null;
  userName: string | null;
  reason: string | null;
  /** When it ends by itself; null = when somebody ends it. */
  endsAt: number | null;
}

/** Who takes care of a POS server or of an incident of many, or did: one at a time. */
export interface AcknowledgementTable {
  id: Generated<number>;
  /** One of both is null. */
  posServerId: number | null;
  incidentId: number | null;
  /** null = that user is gone. */
  userId: number | null;
  userName: string;
  note: string | null;
  takenAt: number;
  /** When it ends by itself, if nothing ends it before. */
  endsAt: number;
  endedAt: number | null;
  endedBy: AcknowledgementEnd | null;
}

/** A word that people have put on POS servers, as whoever had it first has spelled it. */
export interface TagTable {
  id: Generated<number>;
  name: string;
  nameSearch: string;
}

export interface PosServerTagTable {
  posServerId: number;
  tagId: number;
}

/** When the restaurants of an organization, or that of one POS server, work; there is none where nobody has said anything. */
export interface OpeningHoursTable {
  id: Generated<number>;
  organizationId: number | null;
  posServerId: number | null;
  /** Of the IANA database; null = it does not say. */
  timeZone: string | null;
  /** WeeklySpan[] as JSON; null = it does not say. */
  hours: string | null;
  /** PlannedWorks as JSON. */
  works: string;
}

/** What people know of the restaurant of a POS server; there is none where nobody has written anything. */
export interface RestaurantNoteTable {
  posServerId: number;
  phone: string | null;
  person: string | null;
  text: string | null;
  userId: number | null;
  userName: string;
  changedAt: number;
}

/** One row whose number grows with every change of the registry, by whichever process. */
export interface RegistryRevisionTable {
  id: number;
  revision: number;
}
