import type { Kysely } from "kysely";
import { PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Database } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import type { CallingAgent } from "./find-calling-agent.ts";

/** The agent of a POS server that was called by its address dials in: from now on it is called over its connection. */
export async function noteDialOut(
  db: Kysely<Database>,
  { id, organizationId, name }: CallingAgent,
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const { crmId } = await trx
      .selectFrom("organization")
      .select("crm_id as crmId")
      .where("id", "=", organizationId)
      .executeTakeFirstOrThrow();
    const { numUpdatedRows } = await trx
      .updateTable("pos_server")
      .set({
        connection: "dial_out",
        address: null,
        fingerprint: null,
        search_text: searchText(name, null, crmId),
      })
      .where("id", "=", id)
      .where("connection", "=", "direct")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    const event = { action: "pos_server_dial_out", subject: name, organizationId, posServerId: id } as const;
    await recordEvent(trx, PROGRAM, event, now);
  });
}
