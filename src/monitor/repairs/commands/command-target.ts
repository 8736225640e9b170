import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import type { CallOutcome } from "../../pos-client/client.ts";
import { isExpired } from "../../requests/waiting.ts";
import { readPosServerToCall } from "../../restaurants/pos-server-to-call.ts";
import { type Asked, mayStillAct } from "../../viewer/rights.ts";
import { type CommandFailure, EXPIRED, RIGHT_LOST } from "./command-failure.ts";
import type { RepairDependencies } from "./repair-dependencies.ts";

/** Whom a command is for, read anew for each call: it may have been paired again meanwhile. */
export async function commandTarget(
  { db, secretBox, clock }: RepairDependencies,
  posServerId: number,
): Promise<CallOutcome<PosServer>> {
  const called = await readPosServerToCall(db, secretBox, posServerId);
  return called.ok
    ? { ok: true, value: called.posServer, receivedAt: clock() }
    : { ok: false, failure: called.failure, receivedAt: clock() };
}

/** The identity that a command names, so that no other POS server at this address carries it out. */
export async function commandIdentity(
  { client }: RepairDependencies,
  posServer: PosServer,
): Promise<CallOutcome<string>> {
  if (posServer.posServerId !== null) {
    return { ok: true, value: posServer.posServerId, receivedAt: 0 };
  }
  const outcome = await client.fetchStatus(posServer);
  return outcome.ok
    ? { ok: true, value: outcome.report.posServerId, receivedAt: outcome.receivedAt }
    : outcome;
}

/** What forbids to tell a POS server of a command now. Ask right before each time that it is told. */
export async function whatForbids(
  { db, clock }: RepairDependencies,
  command: Asked & { expiresAt: number | null },
): Promise<CommandFailure | null> {
  if (!(await mayStillAct(db, command))) return RIGHT_LOST;
  return isExpired(command.expiresAt, clock()) ? EXPIRED : null;
}
