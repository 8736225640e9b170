import type { Kysely } from "kysely";
import type { Actor } from "../../audit-log/record-event.ts";
import type { Database } from "../../database/schema.ts";
import type { CommandFailure } from "../commands/command-failure.ts";
import { type FoundStart, findOpenStart } from "./find-service-starts.ts";
import { finishServiceStart } from "./finish-service-start.ts";

const CANCELLED: CommandFailure = { code: "start_cancelled", detail: "" };

/** Whether an agent that dials out was told nothing of a start yet. Pure. */
export function isStartCancellable({
  finishedAt,
  startedAt,
  expiresAt,
}: Pick<FoundStart, "finishedAt" | "startedAt" | "expiresAt">): boolean {
  return finishedAt === null && expiresAt !== null && startedAt === null;
}

/** Ends a start before its agent is told. @returns false when it has gone on, or is finished. */
export async function cancelServiceStart(
  db: Kysely<Database>,
  actor: Actor,
  id: number,
  now: number,
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const start = await findOpenStart(trx, id);
    if (!start || !isStartCancellable(start)) return false;
    await finishServiceStart(trx, start, CANCELLED, now, actor);
    return true;
  });
}
