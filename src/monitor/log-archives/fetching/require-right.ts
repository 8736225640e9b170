import type { Db } from "../../database/schema.ts";
import { mayStillAct } from "../../viewer/rights.ts";
import { ArchiveError } from "../outcome/failure.ts";
import type { RunningRequest } from "./begin-request.ts";

/** @throws ArchiveError `right_lost` when whoever asked for the logs may have them no longer. */
export async function requireRight(
  db: Db,
  { actor: { userId }, posServerId }: RunningRequest,
): Promise<void> {
  if (!(await mayStillAct(db, { userId, posServerId }))) throw new ArchiveError("right_lost", "");
}
