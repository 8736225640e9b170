import { sql } from "kysely";
import type { Actor } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { searchText } from "../../database/text.ts";
import { inTransaction } from "../../database/transaction.ts";
import type { FailureClass } from "../../outgoing/failure.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { PushSecrets, PushTarget } from "../channels/push/kind.ts";
import { forgetFailure } from "../outbox/channel-standing.ts";
import { providePushKey } from "../sending/push-keys.ts";
import type { WantedChannel } from "./channel.ts";
import { changeChannel, createChannel, switchChannel } from "./save-channel.ts";

const GONE: FailureClass = "recipient";

/** A browser that somebody wants to be told in. */
export interface PushSubscription extends Pick<WantedChannel, "language" | "timeZone"> {
  userId: number;
  /** Of browser and system, in their words. */
  name: string;
  target: PushTarget;
  secrets: PushSecrets;
}

/** Why a browser cannot be told: there are enough channels, or its subscription is somebody else's or gone, so that it has to get another one. */
export type PushProblem = "tooMany" | "spent";

export type SavedSubscription =
  | { ok: true; id: number; isNew: boolean }
  | { ok: false; problem: PushProblem };

/**
 * Makes a channel of somebody's browser. One that they have already, or whose subscription is gone, is changed: it keeps its name and its rules.
 */
export async function savePushSubscription(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  subscription: PushSubscription,
  now: number,
): Promise<SavedSubscription> {
  return await inTransaction(db, async (trx) => {
    const { userId: ownerId, target, secrets } = subscription;
    // Nothing could be sent to a channel without it.
    await providePushKey(trx, secretBox, now);
    const of = await findOfEndpoint(trx, target.endpoint);
    if (of && (of.ownerId !== ownerId || of.failure === GONE)) return { ok: false, problem: "spent" };
    const known = of ?? (await findGone(trx, subscription));
    const terms = { kind: "push", viaId: null, settings: target, secrets } as const;
    if (known) {
      await changeChannel(trx, secretBox, actor, known, { ...known, terms }, now);
      await switchChannel(trx, actor, known, true, now);
      // What failed was the subscription before.
      await forgetFailure(trx, known.id, now);
      return { ok: true, id: known.id, isNew: false };
    }
    const { language, timeZone } = subscription;
    const name = await freeName(trx, subscription);
    const channel = { name, language, timeZone, terms, ownerId, hasDefaultRule: true };
    const made = await createChannel(trx, secretBox, actor, channel, now);
    return made.ok ? { ok: true, id: made.id, isNew: true } : { ok: false, problem: "tooMany" };
  });
}

function selectBrowsers(trx: Db) {
  return trx
    .selectFrom("channel")
    .select(["id", "name", "user_id as ownerId", "language", "time_zone as timeZone"])
    .select("failure_code as failure")
    .where("kind", "=", "push");
}

async function findOfEndpoint(trx: Db, endpoint: string) {
  return await selectBrowsers(trx)
    .where(sql<string>`settings ->> 'endpoint'`, "=", endpoint)
    .executeTakeFirst();
}

/** What the browser, or one like it, was before it was given another subscription. */
async function findGone(trx: Db, { userId, name }: PushSubscription) {
  const gone = await selectBrowsers(trx)
    .where("user_id", "=", userId)
    .where("failure_code", "=", GONE)
    .orderBy("id")
    .execute();
  return gone.find((channel) => channel.name === name || channel.name.startsWith(`${name} `));
}

/** The second browser of the same kind has a number. */
async function freeName(trx: Db, { userId, name }: PushSubscription): Promise<string> {
  const own = await trx.selectFrom("channel").select("name").where("user_id", "=", userId).execute();
  const taken = new Set(own.map((channel) => searchText(channel.name)));
  let free = name;
  for (let number = 2; taken.has(searchText(free)); number++) free = `${name} ${number}`;
  return free;
}
