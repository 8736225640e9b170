import type { Kysely } from "kysely";
import type { Database } from "../monitor/database/schema.ts";
import { beginningColumns, causeColumns } from "../monitor/fleet/incidents/incident-rows.ts";
import { isProblem } from "../monitor/fleet/state.ts";
import type { Change } from "./state-history.ts";

/** Writes the incidents that a POS server had according to its transitions, oldest first: what is not over follows from its status. */
export async function writePastIncidents(
  trx: Kysely<Database>,
  posServerId: number,
  changes: readonly Change[],
): Promise<void> {
  const { organization_id } = await trx
    .selectFrom("pos_server")
    .select("organization_id")
    .where("id", "=", posServerId)
    .executeTakeFirstOrThrow();
  for (const [index, change] of changes.entries()) {
    const end = changes[index + 1];
    if (!isProblem(change.state) || !end) continue;
    const { at, state, cause_key, detail } = change;
    const example = {
      ...{ state, serviceState: null, lastSyncAt: at, text: detail ?? "" },
      failureCode: state === "unreachable" ? ("connect_timeout" as const) : null,
    };
    const over = {
      down_ms: end.at - at,
      quiet_at: end.at,
      closed_at: end.at,
      ended_by: "recovered" as const,
    };
    const { id } = await trx
      .insertInto("incident")
      .values({
        ...{ kind: "single", pos_server_id: posServerId, ...beginningColumns(at) },
        ...causeColumns(cause_key, example, at),
        ...over,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await trx
      .insertInto("incident_member")
      .values({
        ...{ incident_id: id, pos_server_id: posServerId, organization_id, status: "left", joined_at: at },
        ...{ left_at: end.at, left_by: "recovered" },
      })
      .execute();
  }
}
