import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Db } from "../database/schema.ts";
import type { AuditAction, AuditResult } from "./actions.ts";
import { type AuditDetail, cutText, writeDetail } from "./detail.ts";

const WINDOW_MS = 15 * 60_000;

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

/** A POS server as the audit log names it. */
export interface NamedPosServer {
  id: number;
  name: string;
  organizationId: number;
}

/** The columns of an event about a POS server. */
export function aboutPosServer(posServer: NamedPosServer) {
  return { subject: posServer.name, organizationId: posServer.organizationId, posServerId: posServer.id };
}

/** Appends an event. Call it in the transaction of what it records, so that neither is there without the other. */
export async function recordEvent(db: Db, actor: Actor, event: NewAuditEvent, now: number): Promise<void> {
  await recordEvents(db, actor, [event], now);
}

/** Appends what has happened to many at once, in one statement, as `recordEvent` does. */
export async function recordEvents(
  db: Db,
  actor: Actor,
  events: readonly NewAuditEvent[],
  now: number,
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => columnsOf(actor, event, now));
  await db.insertInto("auditEvent").values(rows).execute();
}

/** An event as it is stored. */
function columnsOf(actor: Actor, event: NewAuditEvent, now: number) {
  return {
    at: now,
    userId: actor.userId,
    userLogin: cutText(actor.login),
    userName: actor.name,
    address: actor.address,
    action: event.action,
    result: event.result ?? "done",
    subject: event.subject ? cutText(event.subject) : null,
    organizationId: event.organizationId ?? null,
    posServerId: event.posServerId ?? null,
    detailParts: event.detail?.length ? writeDetail(event.detail) : null,
  };
}

/**
 * Records what may be repeated at will: the same of the same login from the same address is one event for each quarter
 * of an hour, which counts.
 */
export async function recordRepeatedEvent(
  db: Db,
  actor: Actor,
  event: NewAuditEvent,
  now: number,
): Promise<void> {
  const columns = columnsOf(actor, event, now);
  const same = { ...columns, at: Math.floor(now / WINDOW_MS) };
  const repeatKey = createHash("sha256").update(JSON.stringify(same)).digest();
  await db
    .insertInto("auditEvent")
    .values({ ...columns, repeatKey })
    .onConflict((conflict) =>
      conflict
        .column("repeatKey")
        .where("repeatKey", "is not", null)
        .doUpdateSet({ times: sql<number>`audit_event.times + 1`, lastAt: now }),
    )
    .execute();
}
