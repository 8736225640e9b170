import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { AuditAction, AuditResult } from "./actions.ts";
import { type AuditDetail, cutText, writeDetail } from "./detail.ts";

/** Who acts: a signed-in user, somebody who only typed a login, or the owner of the machine at its command line. */
export interface Actor {
  userId: number | null;
  login: string;
  name: string | null;
  /** Network address, `cli`, or `program`. */
  address: string;
}

/** What happens by itself, when its time has come. */
export const PROGRAM: Actor = { userId: null, login: "", name: null, address: "program" };

export interface NewAuditEvent {
  action: AuditAction;
  result?: AuditResult;
  /** What it was done to, in words. */
  subject?: string | null;
  organizationId?: number | null;
  posServerId?: number | null;
  /** What changed; never a secret. Empty = nothing to say. */
  detail?: AuditDetail | null;
}

/** Appends an event. Call it in the transaction of what it records, so that neither is there without the other. */
export async function recordEvent(
  db: Kysely<Database>,
  actor: Actor,
  event: NewAuditEvent,
  now: number,
): Promise<void> {
  await db
    .insertInto("audit_event")
    .values(columnsOf(actor, event, now))
    .execute();
}

/** Appends what has happened to many at once, in one statement, as `recordEvent` does. */
export async function recordEvents(
  db: Kysely<Database>,
  actor: Actor,
  events: readonly NewAuditEvent[],
  now: number,
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => columnsOf(actor, event, now));
  await db.insertInto("audit_event").values(rows).execute();
}

/** An event as it is stored. */
export function columnsOf(actor: Actor, event: NewAuditEvent, now: number) {
  return {
    at: now,
    user_id: actor.userId,
    user_login: cutText(actor.login),
    user_name: actor.name,
    address: actor.address,
    action: event.action,
    result: event.result ?? "done",
    subject: event.subject ? cutText(event.subject) : null,
    organization_id: event.organizationId ?? null,
    pos_server_id: event.posServerId ?? null,
    detail_parts: event.detail?.length ? writeDetail(event.detail) : null,
  };
}
