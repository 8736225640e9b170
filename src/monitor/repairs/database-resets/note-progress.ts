import type { ResetStep } from "../../../protocol/commands.ts";
import type { CommandFailure } from "../commands/command-failure.ts";
import type { RepairDependencies } from "../commands/repair-dependencies.ts";
import type { FoundReset } from "./find-database-resets.ts";

/** Keeps how far the POS server says that it is, for whoever watches. */
export async function noteProgress(
  { db }: RepairDependencies,
  { id }: FoundReset,
  command_step: ResetStep,
): Promise<void> {
  await db
    .updateTable("database_reset")
    .set({ command_step, failure_code: null, failure_detail: null })
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .execute();
}

/** Keeps what keeps a reset from going on at the moment, though it is tried again. */
export async function noteTrouble(
  { db }: RepairDependencies,
  { id }: FoundReset,
  { code, detail }: CommandFailure,
): Promise<void> {
  await db
    .updateTable("database_reset")
    .set({ failure_code: code, failure_detail: detail })
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .execute();
}
