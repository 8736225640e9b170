import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import type { AgentHub } from "../pos-client/dial-out/agent-hub.ts";
import type { Rivals } from "../pos-client/dial-out/two-machines.ts";

/** Tells the hub of two machines with one identity of whom nobody had decided when the program ended: neither is asked anything. */
export async function restoreRivals(db: Kysely<Database>, agents: AgentHub): Promise<void> {
  const rows = await db
    .selectFrom("pos_server")
    .select(["id", "rival_agents as rivals"])
    .where("rival_agents", "is not", null)
    .execute();
  for (const { id, rivals } of rows) agents.restore(id, JSON.parse(rivals ?? "") as Rivals);
}

/** Writes down that there are two, until somebody has decided. */
export async function keepRivals(db: Kysely<Database>, id: number, rivals: Rivals): Promise<void> {
  const rival_agents = JSON.stringify(rivals);
  await db.updateTable("pos_server").set({ rival_agents }).where("id", "=", id).execute();
}
