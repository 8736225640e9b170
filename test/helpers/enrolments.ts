import { randomUUID } from "node:crypto";
import { createEnrolmentCode, type NewEnrolmentCode } from "../../src/monitor/enrolment/enrolment-codes.ts";
import { ENROLMENT_PATH, type EnrolmentOrder } from "../../src/protocol/enrolment.ts";
import { DAY_MS } from "../../src/protocol/time-units.ts";
import type { TestMonitor } from "./app.ts";

export const ACTOR = { userId: null, login: "anna", name: "Анна Иванова", address: "127.0.0.1" };

/** Makes a code, for one agent of an organization and a day unless told. @returns its secret. */
export async function addEnrolmentCode(monitor: TestMonitor, changes: Partial<NewEnrolmentCode> = {}) {
  const now = monitor.clock();
  const code = { organizationId: null, posServerId: null, maxUses: 1, endsAt: now + DAY_MS, ...changes };
  const made = await createEnrolmentCode(monitor.app.database.db, ACTOR, code, now);
  if (made === null) throw new Error("There is no such organization");
  return made.secret;
}

/** What an agent sends that nobody has seen before. */
export function enrolmentOrder(code: string, changes: Partial<EnrolmentOrder> = {}): EnrolmentOrder {
  return {
    code,
    posServerId: randomUUID(),
    token: "a-token-that-nobody-may-see",
    fingerprint: `sha256:${"ab".repeat(32)}`,
    host: "KASSA-12",
    ...changes,
  };
}

export async function askToEnrol({ app }: TestMonitor, order: unknown, remoteAddress = "127.0.0.1") {
  const sent = { method: "POST", url: ENROLMENT_PATH, payload: order as object } as const;
  const answer = await app.inject({ ...sent, remoteAddress });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: answer.headers };
}
