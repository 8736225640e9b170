import type { Generated } from "kysely";
import type { Connection } from "../../pos-client/calls/pos-server.ts";
import type { AcknowledgementEnd } from "../../restaurants/end-acknowledgements.ts";

export interface OrganizationTable {
  id: Generated<number>;
  name: string;
  name_sort: string;
  crm_id: string;
  archived_at: number | null;
  created_at: number;
}

/** The registry: what people entered. */
export interface PosServerTable {
  id: Generated<number>;
  organization_id: number;
  name: string;
  name_sort: string;
  /** Name, address and CrmId as the search box looks for them. */
  search_text: string;
  connection: Connection;
  address: string | null;
  /** The token, encrypted with the key of the data folder. */
  sealed_token: Uint8Array | null;
  fingerprint: string | null;
  /** `posServerId` of the protocol: the identity it was paired with, or gave with its first report. */
  identity: string | null;
  /** Two machines with this identity, of which somebody has to choose one: `Rivals` as JSON; null = there is one, as far as is known. */
  rival_agents: Generated<string | null>;
  /** The machine of an agent with this identity that somebody has decided against, or its process where that tells it apart; null = there is none. */
  refused_agent: Generated<string | null>;
  poll_interval_ms: number | null;
  parked: number;
  created_at: number;
}

/** What is known of how a POS server was parked, while it is; there is none for one that was registered as parked. */
export interface ParkingTable {
  pos_server_id: number;
  parked_at: number;
  user_id: number | null;
  user_name: string | null;
  reason: string | null;
  /** When it ends by itself; null = when somebody ends it. */
  ends_at: number | null;
}

/** Who takes care of a POS server or of an incident of many, or did: one at a time. */
export interface AcknowledgementTable {
  id: Generated<number>;
  /** One of both is null. */
  pos_server_id: number | null;
  incident_id: number | null;
  /** null = that user is gone. */
  user_id: number | null;
  user_name: string;
  note: string | null;
  taken_at: number;
  /** When it ends by itself, if nothing ends it before. */
  ends_at: number;
  ended_at: number | null;
  ended_by: AcknowledgementEnd | null;
}

/** A word that people have put on POS servers, as whoever had it first has spelled it. */
export interface TagTable {
  id: Generated<number>;
  name: string;
  name_search: string;
}

export interface PosServerTagTable {
  pos_server_id: number;
  tag_id: number;
}

/** When the restaurants of an organization, or that of one POS server, work; there is none where nobody has said anything. */
export interface OpeningHoursTable {
  id: Generated<number>;
  organization_id: number | null;
  pos_server_id: number | null;
  /** Of the IANA database; null = it does not say. */
  time_zone: string | null;
  /** WeeklySpan[] as JSON; null = it does not say. */
  hours: string | null;
  /** PlannedWorks as JSON. */
  works: string;
}

/** What people know of the restaurant of a POS server; there is none where nobody has written anything. */
export interface RestaurantNoteTable {
  pos_server_id: number;
  phone: string | null;
  person: string | null;
  text: string | null;
  user_id: number | null;
  user_name: string;
  changed_at: number;
}

/** One row whose number grows with every change of the registry, by whichever process. */
export interface RegistryRevisionTable {
  id: number;
  revision: number;
}
