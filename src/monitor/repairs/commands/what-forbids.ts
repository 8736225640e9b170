import { isExpired } from "../../requests/waiting.ts";
import { type Asked, mayStillAct } from "../../viewer/rights.ts";
import { type CommandFailure, EXPIRED, RIGHT_LOST } from "./command-failure.ts";
import type { RepairDependencies } from "./repair-dependencies.ts";

/** What forbids to tell a POS server of a command now. Ask right before each time that it is told. */
export async function whatForbids(
  { db, clock }: RepairDependencies,
  command: Asked & { expiresAt: number | null },
): Promise<CommandFailure | null> {
  if (!(await mayStillAct(db, command))) return RIGHT_LOST;
  return isExpired(command.expiresAt, clock()) ? EXPIRED : null;
}
