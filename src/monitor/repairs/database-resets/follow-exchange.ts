import type { Selectable } from "kysely";
import type { PosStatusTable } from "../../database/schema.ts";
import { readSettings } from "../../fleet/settings.ts";
import type { CommandDependencies } from "../commands/command-dependencies.ts";
import { untilAborted } from "../commands/until-aborted.ts";
import { enterStep, type StepChange } from "./enter-step.ts";
import type { OpenReset } from "./find-database-resets.ts";
import { provingExchange } from "./next-step.ts";

/** The step `awaiting_sync`: one poll, and what follows from it. The runner comes back until the reset is finished. */
export async function followExchange(
  dependencies: CommandDependencies,
  reset: OpenReset,
  signal: AbortSignal,
): Promise<void> {
  const { db, pollNow, clock } = dependencies;
  const { parked } = await db
    .selectFrom("pos_server")
    .select("parked")
    .where("id", "=", reset.pos_server_id)
    .executeTakeFirstOrThrow();
  // The polls of a parked one are not saved: nothing would ever come of them.
  const change: StepChange | null = parked
    ? { step: "failed", failure: { code: "parked", detail: "" } }
    : await pollAndDecide();
  if (!change) return;
  await enterStep(db, reset, change, clock());

  async function pollAndDecide(): Promise<StepChange | null> {
    await db.updateTable("database_reset").set({ followed_at: clock() }).where("id", "=", reset.id).execute();
    await untilAborted(signal, pollNow(reset.pos_server_id));
    const status = await db
      .selectFrom("pos_status")
      .selectAll()
      .where("pos_server_id", "=", reset.pos_server_id)
      .executeTakeFirstOrThrow();
    const syncedAt = provingExchange(status, reset.reset_at ?? reset.step_at);
    if (syncedAt !== null) return { step: "done", known: { synced_at: syncedAt } };
    const { resetSyncTimeoutMs } = await readSettings(db);
    if (clock() < reset.step_at + resetSyncTimeoutMs) return null;
    return { step: "failed", failure: { code: "no_exchange", detail: lastError(status) } };
  }
}

function lastError(status: Selectable<PosStatusTable>): string {
  const isSilent = status.failure_code !== null;
  return (isSilent ? status.failure_detail : status.sync_error) ?? "";
}
