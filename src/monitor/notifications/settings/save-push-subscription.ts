import type { Actor } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { firstFree } from "../../database/text.ts";
import { inTransaction } from "../../database/transaction.ts";
import type { SecretBox } from "../../secrets/secret-box.ts";
import type { PushSecrets, PushTarget } from "../channels/push/kind.ts";
import { forgetFailure } from "../outbox/channel-standing.ts";
import { providePushKey } from "../sending/push-keys.ts";
import { type Channel, readChannels } from "./find-channels.ts";
import { changeChannel, createChannel, switchChannel, type WantedChannel } from "./save-channel.ts";

/** `name`: of the browser and its system in the language of the user. */
interface PushSubscription extends Pick<WantedChannel, "name" | "language" | "timeZone"> {
  userId: number;
  target: PushTarget;
  secrets: PushSecrets;
}

/** `tooMany`: channels of the user; `spent`: the subscription is somebody else's or gone, the browser has to get another one. */
export type PushProblem = "tooMany" | "spent";

/** Makes a channel for a browser; one that it already has, even with an expired subscription, keeps its name and rules. */
export async function savePushSubscription(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  { userId: ownerId, name, target, secrets, language, timeZone }: PushSubscription,
  now: number,
): Promise<{ ok: true; id: number; isNew: boolean } | { ok: false; problem: PushProblem }> {
  return await inTransaction(db, async (trx) => {
    await providePushKey(trx, secretBox, now);
    const channels = await readChannels(trx);
    const own = channels.filter((channel) => channel.ownerId === ownerId);
    const { endpoint } = target;
    const same = channels.find(({ settings }) => "endpoint" in settings && settings.endpoint === endpoint);
    if (same && (same.ownerId !== ownerId || isGone(same))) return { ok: false, problem: "spent" };
    // The channel of its earlier subscription, or of the same browser elsewhere.
    const known =
      same ?? own.find((one) => isGone(one) && (one.name === name || one.name.startsWith(`${name} `)));
    const terms = { kind: "push", viaId: null, settings: target, secrets } as const;
    if (known) {
      await changeChannel(trx, secretBox, actor, known, { ...known, terms }, now);
      await switchChannel(trx, actor, known.id, true, now);
      // The earlier subscription had failed.
      await forgetFailure(trx, known.id, now);
      return { ok: true, id: known.id, isNew: false };
    }
    const wanted = { name: firstFree(name, own), language, timeZone, terms, ownerId, hasDefaultRule: true };
    const made = await createChannel(trx, secretBox, actor, wanted, now);
    return typeof made === "number" ? { ok: true, id: made, isNew: true } : { ok: false, problem: "tooMany" };
  });
}

function isGone({ kind, failed }: Channel): boolean {
  return kind === "push" && failed?.failure === "recipient";
}
