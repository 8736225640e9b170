import { createHash } from "node:crypto";
import type { Db } from "../../database/schema.ts";
import { readPagesAddress } from "../../fleet/pages-address.ts";
import { presentationFor } from "../../viewer/viewer.ts";
import { type ActiveRule, listActiveRules } from "../rules/list-rules.ts";
import { findWithdrawal } from "../rules/withdrawal.ts";
import type { OpenedChannel } from "../sending/open-channel.ts";
import { incidentFacts } from "../texts/incident-facts.ts";
import { incidentText } from "../texts/incident-text.ts";
import { readToldIncident } from "../texts/told-incident.ts";
import { withdrawalFacts, withdrawalText } from "../texts/withdrawal-text.ts";
import { type Composed, composeNotice, composeSummary, plainMessage } from "./compose-other.ts";
import type { Delivery } from "./find-delivery.ts";
import { saidBy, type Turn, whatToSend } from "./what-to-send.ts";

/** Puts together what something in the outbox says now, at `now` (ms UTC). */
export async function compose(
  db: Db,
  delivery: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const { kind } = delivery;
  if (kind === "channel" || kind === "channel_works") return await composeNotice(db, delivery, channel, now);
  if (kind === "summary") return await composeSummary(db, delivery, channel, now);
  return await composeIncident(db, delivery, kind, channel, now);
}

async function composeIncident(
  db: Db,
  delivery: Delivery,
  kind: Turn["kind"],
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const { key, incidentId, ruleId, said, saidDigest, reference } = delivery;
  const rule = (await listActiveRules(db)).find(({ id }) => id === ruleId);
  const told = rule && incidentId !== null ? await readToldIncident(db, rule, incidentId, now) : null;
  if (!told) return await composeWithdrawal(db, delivery, kind, channel, rule, now);
  const words = presentationFor(channel.language, channel.timeZone);
  const address = await readPagesAddress(db);
  const lasting = incidentText(words, told, "changed", address, now);
  const incident = incidentFacts(words, told);
  const digest = digestOf([lasting, channel.kind === "webhook" ? incident : null]);
  const { status } = told;
  const turn = {
    ...{ channel: channel.kind, kind, status, endedBy: told.incident.endedBy },
    ...{ said, isSame: digest === saidDigest },
  };
  const sending = whatToSend(turn);
  if (sending === "unchanged" || sending === "superseded") return { outcome: sending };
  return {
    message: {
      ...plainMessage(channel, now),
      ...{ key, kind, thread: `incident-${incidentId}-${told.incident.openedAt}`, incident },
      reference: sending === "change" ? reference : null,
      isSilent: kind === "changed" || kind === "closed",
      text: incidentText(words, told, kind, address, now),
    },
    says: saidBy(turn),
    digest,
  };
}

/** Who may not see it any more is told nothing more. */
async function composeWithdrawal(
  db: Db,
  { key, incidentId, said, reference }: Delivery,
  kind: Turn["kind"],
  channel: OpenedChannel,
  rule: ActiveRule | undefined,
  now: number,
): Promise<Composed> {
  const { userId: ownerId } = channel;
  const withdrawal = kind === "closed" && (await findWithdrawal(db, { ownerId, rule }, incidentId ?? 0));
  if (!withdrawal) return { outcome: "superseded" };
  const { reason: endedBy, openedAt } = withdrawal;
  const turn: Turn = { channel: channel.kind, kind, status: "over", endedBy, said, isSame: false };
  const sending = whatToSend(turn);
  if (sending === "superseded") return { outcome: sending };
  const words = presentationFor(channel.language, channel.timeZone);
  return {
    message: {
      ...plainMessage(channel, now),
      ...{ key, kind, thread: `incident-${incidentId}-${openedAt}`, isSilent: true },
      incident: withdrawalFacts(withdrawal),
      reference: sending === "change" ? reference : null,
      text: withdrawalText(words, withdrawal, await readPagesAddress(db)),
    },
    says: saidBy(turn),
    digest: null,
  };
}

function digestOf(said: unknown): string {
  return createHash("sha1").update(JSON.stringify(said)).digest("base64url");
}
