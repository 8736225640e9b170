import webPush from "web-push";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { readSettings } from "../../installation/settings.ts";
import { isPublicName } from "../../outgoing/allowed-address.ts";
import { opensAny, type SecretBox } from "../../secrets/secret-box.ts";
import type { PushSender } from "../channels/push/kind.ts";

/** All browsers share one pair. */
const ID = 1;
/** The example of RFC 8292, which names nobody: Apple accepts it, but no name that cannot exist. */
const NOBODY = "mailto:push@example.com";

/** The public key for browsers; made on first use, and anew when the key of the data folder was lost. */
export async function providePushKey(db: Db, secretBox: SecretBox, now: number): Promise<string> {
  return await inTransaction(db, async (trx) => {
    const known = await findPair(trx);
    if (known && opensAny(secretBox, [known.privateKey])) return known.publicKey;
    const { publicKey, privateKey } = webPush.generateVAPIDKeys();
    const pair = { publicKey, privateKey: secretBox.seal(privateKey), createdAt: now };
    await trx
      .insertInto("pushKey")
      .values({ id: ID, ...pair })
      .onConflict((conflict) => conflict.column("id").doUpdateSet(pair))
      .execute();
    return publicKey;
  });
}

/** @throws when there are no keys, or they were sealed with another key. */
export async function readPushSender(db: Db, secretBox: SecretBox): Promise<PushSender> {
  const pair = await findPair(db);
  if (!pair) throw new Error("There are no keys for browsers in the database: let a browser be told anew");
  const { publicAddress } = await readSettings(db);
  const { publicKey, privateKey } = pair;
  return { publicKey, privateKey: secretBox.open(privateKey), subject: subjectOf(publicAddress) };
}

async function findPair(db: Db) {
  return await db
    .selectFrom("pushKey")
    .select(["publicKey", "privateKey"])
    .where("id", "=", ID)
    .executeTakeFirst();
}

/** The contact for push services (`sub` of RFC 8292): the host of `publicAddress` (empty = unknown) if it is public. */
export function subjectOf(publicAddress: string): string {
  const { protocol, hostname, origin } = URL.parse(publicAddress) ?? {};
  if (protocol !== "https:" || !hostname || !origin) return NOBODY;
  return isPublicName(hostname) ? origin : NOBODY;
}
