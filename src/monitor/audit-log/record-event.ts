import { createHash } from "node:crypto";
import { sql } from "kysely";
import { HOUR_MS } from "../../protocol/time-units.ts";
import type { Db } from "../database/schema.ts";
import type { AuditAction, AuditResult } from "./actions.ts";
import { type AuditDetail, cutText, writeDetail } from "./detail.ts";

const WINDOW_MS = 15 * 60_000;
const ONE_EVENT_MS = HOUR_MS;

/** A signed-in user, somebody who only typed a login, or the owner of the machine at its command line. */
export interface Actor {
  userId: number | null;
  login: string;
  name: string | null;
  /** Network address, `cli`, or `program`. */
  address: string;
  /** Of the batch that acts in their name. */
  batchId?: number;
}

/** For what happens by itself. */
export const PROGRAM: Actor = { userId: null, login: "", name: null, address: "program" };

export interface NewAuditEvent {
  action: AuditAction;
  result?: AuditResult;
  subject?: string | null;
  organizationId?: number | null;
  posServerId?: number | null;
  /** Never a secret. */
  detail?: AuditDetail | null;
}

/** As the audit log names it. */
export interface NamedPosServer {
  id: number;
  name: string;
  organizationId: number;
}

export function aboutPosServer(posServer: NamedPosServer) {
  return { subject: posServer.name, organizationId: posServer.organizationId, posServerId: posServer.id };
}

/** Call it in the transaction of what it records, so that neither exists without the other. */
export async function recordEvent(db: Db, actor: Actor, event: NewAuditEvent, now: number): Promise<void> {
  await recordEvents(db, actor, [event], now);
}

/** Like `recordEvent`, in one statement. */
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
    detail: event.detail?.length ? writeDetail(event.detail) : null,
    batchId: actor.batchId ?? null,
  };
}

/** For what can be repeated at will: within 15 minutes equal events of one login and address are one with a count. */
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

/** Paging through a log, or resuming a download, is one event of its user within an hour. */
export async function recordOnceAnHour(
  trx: Db,
  actor: Actor,
  event: NewAuditEvent & Required<Pick<NewAuditEvent, "detail" | "posServerId">>,
  now: number,
): Promise<void> {
  const known = await trx
    .selectFrom("auditEvent")
    .select("id")
    .where("userId", "is", actor.userId)
    .where("userLogin", "=", actor.login)
    .where("action", "=", event.action)
    .where("posServerId", "=", event.posServerId)
    .where("detail", "=", writeDetail(event.detail ?? []))
    .where("at", ">", now - ONE_EVENT_MS)
    .executeTakeFirst();
  if (!known) await recordEvent(trx, actor, event, now);
}
