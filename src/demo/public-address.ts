import type { Kysely } from "kysely";
import type { Actor } from "../monitor/audit-log/record-event.ts";
import type { Database } from "../monitor/database/schema.ts";
import { inTransaction } from "../monitor/database/transaction.ts";
import { isOnlyHere } from "../monitor/fleet/agent-address.ts";
import { readSettings } from "../monitor/fleet/settings.ts";
import { saveSettings } from "../monitor/settings/change-settings.ts";

/** Says where the monitor is, for links in messages, unless somebody has named another machine: an earlier start had another port. */
export async function sayAddress(db: Kysely<Database>, actor: Actor, url: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { publicAddress } = await readSettings(trx);
    if (publicAddress !== "" && !isOnlyHere(publicAddress)) return;
    await saveSettings(trx, actor, { publicAddress: url }, Date.now());
  });
}
