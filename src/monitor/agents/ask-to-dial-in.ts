import { PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import type { CallingAgent } from "./find-calling-agent.ts";

/**
 * The agent of a POS server that is called by its address dials in from an `address`: a token alone moves nobody, so that it waits
 * for an administrator. Asked again it is the same request, and whoever was refused stays so.
 */
export async function askToDialIn(
  db: Db,
  { id: posServerId, organizationId, name, identity, sealedToken }: CallingAgent,
  address: string,
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const known = await trx
      .selectFrom("enrolment")
      .select(["id", "state"])
      .where("identity", "=", identity)
      .executeTakeFirst();
    if (known?.state === "refused") return;
    if (known?.state === "awaited") {
      await trx.updateTable("enrolment").set({ address }).where("id", "=", known.id).execute();
      return;
    }
    // One that was let in by a code and paired by its address since begins anew.
    if (known) await trx.deleteFrom("enrolment").where("id", "=", known.id).execute();
    const agent = { identity, sealed_token: sealedToken, host: name, address };
    await trx
      .insertInto("enrolment")
      .values({ ...agent, state: "awaited", asked_at: now })
      .execute();
    const event = { action: "enrolment_ask", subject: name, organizationId, posServerId } as const;
    await recordEvent(trx, { ...PROGRAM, address }, event, now);
  });
}
