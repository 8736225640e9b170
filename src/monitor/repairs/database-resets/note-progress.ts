import type { ResetStep } from "../../../protocol/commands.ts";
import type { RepairDependencies } from "../commands/repair-dependencies.ts";
import type { FoundReset } from "./find-database-resets.ts";

/** Keeps how far the POS server says that it is, for whoever watches. */
export async function noteProgress(
  { db }: RepairDependencies,
  { id }: FoundReset,
  commandStep: ResetStep,
): Promise<void> {
  await db
    .updateTable("database_reset")
    .set({ command_step: commandStep, failure_code: null, failure_detail: null })
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .execute();
}
