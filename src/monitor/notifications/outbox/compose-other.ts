import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { countIncidents } from "../../fleet/incidents/find-incidents.ts";
import { readSettings } from "../../fleet/settings.ts";
import { presentationFor } from "../../viewer/viewer.ts";
import type { OutgoingMessage } from "../channels/message.ts";
import { listActiveRules } from "../rules/list-rules.ts";
import type { Said } from "../rules/next-telling.ts";
import type { OpenedChannel } from "../sending/open-channel.ts";
import { failingChannelText, summaryText, testText } from "../texts/other-texts.ts";
import type { Delivery } from "./find-delivery.ts";

/** What is sent, and what its receiver knows then; or why nothing is. */
export type Composed =
  | { message: OutgoingMessage; says: Said | null; digest: string | null }
  | { outcome: "unchanged" | "superseded" };

/** Says what a message of the test button says, at `now` (ms UTC). */
export async function composeTest(
  db: Kysely<Database>,
  channel: OpenedChannel,
  key: string,
  now: number,
): Promise<OutgoingMessage> {
  const { publicAddress } = await readSettings(db);
  const text = testText(presentationFor(channel.language, channel.timeZone), channel.name, publicAddress);
  return { ...plainMessage(channel, now), key, kind: "test", thread: `test-${key}`, text };
}

/** Says that another channel fails. */
export async function composeFailing(
  db: Kysely<Database>,
  { key, aboutChannelId }: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const failing = await db
    .selectFrom("channel")
    .select(["id", "name", "failing_since as failingSince", "failure_code as failure"])
    .where("id", "=", aboutChannelId ?? 0)
    .executeTakeFirst();
  const { failingSince = null, failure = null } = failing ?? {};
  if (!failing || failingSince === null || failure === null) return { outcome: "superseded" };
  const { publicAddress } = await readSettings(db);
  const words = presentationFor(channel.language, channel.timeZone);
  const about = { id: failing.id, name: failing.name, failingSince, failure };
  const text = failingChannelText(words, about, publicAddress, now);
  const message = { ...plainMessage(channel, now), key, thread: `channel-${failing.id}-${failingSince}` };
  return { message: { ...message, kind: "channel", text }, says: null, digest: null };
}

/** Says that there are more incidents than are written of. */
export async function composeSummary(
  db: Kysely<Database>,
  { key }: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const rules = (await listActiveRules(db)).filter(({ channelId }) => channelId === channel.id);
  const organizations = rules.some((rule) => rule.organizations === "all")
    ? "all"
    : rules.flatMap((rule) => (rule.organizations === "all" ? [] : rule.organizations));
  const open = await countIncidents(db, organizations, {
    status: "open",
    since: 0,
    organizationId: null,
    kind: null,
    posServerId: null,
    search: "",
  });
  if (open === 0) return { outcome: "superseded" };
  const { publicAddress } = await readSettings(db);
  const text = summaryText(presentationFor(channel.language, channel.timeZone), open, publicAddress);
  const message = { ...plainMessage(channel, now), key, thread: `summary-${key}` };
  return { message: { ...message, kind: "summary", text }, says: null, digest: null };
}

/** What every message has that is new. */
export function plainMessage({ language }: OpenedChannel, now: number) {
  return { reference: null, isSilent: false, language, at: now, incident: null } as const;
}
