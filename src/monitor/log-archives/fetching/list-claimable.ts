import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { isHeld } from "../../requests/leases.ts";

/** Lists the open requests that may be worked on, oldest first: of each POS server one, and none while another is. */
export async function listClaimableRequests(db: Kysely<Database>, now: number): Promise<number[]> {
  const rows = await db
    .selectFrom("log_request")
    .select("id")
    .where("finished_at", "is", null)
    .where((row) => row.not(isHeld("claimed_until", now)))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("log_request as other")
            .select("other.id")
            .whereRef("other.pos_server_id", "=", "log_request.pos_server_id")
            .whereRef("other.id", "<>", "log_request.id")
            .where("other.finished_at", "is", null)
            .where((other) =>
              other.or([
                other("other.id", "<", other.ref("log_request.id")),
                isHeld("other.claimed_until", now),
              ]),
            ),
        ),
      ),
    )
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}
