import type { Kysely } from "kysely";
import type { Database } from "../../database/schema.ts";
import { readPagesAddress } from "../../fleet/pages-address.ts";
import { presentationFor } from "../../viewer/viewer.ts";
import type { OutgoingMessage } from "../channels/message.ts";
import { listActiveRules } from "../rules/list-rules.ts";
import type { Said } from "../rules/next-telling.ts";
import { countWouldTell } from "../rules/would-tell.ts";
import type { OpenedChannel } from "../sending/open-channel.ts";
import { failingChannelText, summaryText, testText, workingChannelText } from "../texts/other-texts.ts";
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
  const address = await readPagesAddress(db);
  const text = testText(presentationFor(channel.language, channel.timeZone), channel.name, address);
  return { ...plainMessage(channel, now), key, kind: "test", thread: `test-${key}`, text };
}

/** Says that another channel fails. */
export async function composeFailing(
  db: Kysely<Database>,
  { key, aboutChannelId }: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const about = await findAbout(db, aboutChannelId);
  const { failingSince = null, failure = null } = about ?? {};
  if (!about || failingSince === null || failure === null) return { outcome: "superseded" };
  const words = presentationFor(channel.language, channel.timeZone);
  const text = failingChannelText(
    words,
    { ...about, failingSince, failure },
    await readPagesAddress(db),
    now,
  );
  const message = { ...plainMessage(channel, now), key, thread: `channel-${about.id}` };
  return { message: { ...message, kind: "channel", text }, says: null, digest: null };
}

/** Says that another channel, of which was told that it fails, works again. */
export async function composeWorking(
  db: Kysely<Database>,
  { key, aboutChannelId }: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const about = await findAbout(db, aboutChannelId);
  if (!about || about.failingSince !== null) return { outcome: "superseded" };
  const words = presentationFor(channel.language, channel.timeZone);
  const text = workingChannelText(words, about, await readPagesAddress(db));
  const message = { ...plainMessage(channel, now), key, thread: `channel-${about.id}` };
  return { message: { ...message, kind: "channel_works", text }, says: null, digest: null };
}

async function findAbout(db: Kysely<Database>, id: number | null) {
  return await db
    .selectFrom("channel")
    .select(["id", "name", "failing_since as failingSince", "failure_code as failure"])
    .where("id", "=", id ?? 0)
    .executeTakeFirst();
}

/** Says that there are more incidents than are written of. */
export async function composeSummary(
  db: Kysely<Database>,
  { key }: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const rules = (await listActiveRules(db)).filter(({ channelId }) => channelId === channel.id);
  let open = 0;
  for (const rule of rules) open = Math.max(open, (await countWouldTell(db, rule, now)).incidents);
  if (open === 0) return { outcome: "superseded" };
  const address = await readPagesAddress(db);
  const text = summaryText(presentationFor(channel.language, channel.timeZone), open, address);
  const message = { ...plainMessage(channel, now), key, thread: `summary-${key}` };
  return { message: { ...message, kind: "summary", text }, says: null, digest: null };
}

/** What every message has that is new. */
export function plainMessage({ language }: OpenedChannel, now: number) {
  return { reference: null, isSilent: false, language, at: now, incident: null } as const;
}
