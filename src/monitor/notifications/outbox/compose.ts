import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { readPagesAddress } from "../../fleet/pages-address.ts";
import { presentationFor } from "../../viewer/viewer.ts";
import { listActiveRules } from "../rules/list-rules.ts";
import type { OpenedChannel } from "../sending/open-channel.ts";
import { incidentFacts } from "../texts/incident-facts.ts";
import { incidentText } from "../texts/incident-text.ts";
import { readToldIncident } from "../texts/told-incident.ts";
import {
  type Composed,
  composeFailing,
  composeSummary,
  composeWorking,
  plainMessage,
} from "./compose-other.ts";
import type { Delivery } from "./find-delivery.ts";
import { saidBy, type Turn, whatToSend } from "./what-to-send.ts";

/** Puts together what something in the outbox says now, at `now` (ms UTC). */
export async function compose(
  db: Kysely<Database>,
  delivery: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  if (delivery.kind === "channel") return await composeFailing(db, delivery, channel, now);
  if (delivery.kind === "channel_works") return await composeWorking(db, delivery, channel, now);
  if (delivery.kind === "summary") return await composeSummary(db, delivery, channel, now);
  return await composeIncident(db, delivery, delivery.kind, channel, now);
}

async function composeIncident(
  db: Kysely<Database>,
  { key, incidentId, ruleId, said, saidDigest, reference }: Delivery,
  kind: Turn["kind"],
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const rule = (await listActiveRules(db)).find(({ id }) => id === ruleId);
  const told = rule && incidentId !== null ? await readToldIncident(db, rule, incidentId, now) : null;
  // Who may not see it any more, or wants no such messages, is told nothing more.
  if (!told) return { outcome: "superseded" };
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

function digestOf(said: unknown): string {
  return createHash("sha1").update(JSON.stringify(said)).digest("base64url");
}
