import type { Db } from "../../database/schema.ts";
import { readPagesAddress } from "../../fleet/pages-address.ts";
import { presentationFor } from "../../viewer/viewer.ts";
import type { OutgoingMessage } from "../channels/message.ts";
import { listActiveRules } from "../rules/list-rules.ts";
import type { Said } from "../rules/next-telling.ts";
import { countWouldTell } from "../rules/see-incidents.ts";
import type { OpenedChannel } from "../sending/open-channel.ts";
import { channelText, plainText, summaryText, testText } from "../texts/other-texts.ts";
import type { Delivery } from "./find-delivery.ts";

/** What is sent, and what its receiver knows then; or why nothing is. */
export type Composed =
  | { message: OutgoingMessage; says: Said | null; digest: string | null }
  | { outcome: "unchanged" | "superseded" | "given_up" };

/** Says what a message of the test button says, at `now` (ms UTC). */
export async function composeTest(
  db: Db,
  channel: OpenedChannel,
  key: string,
  now: number,
): Promise<OutgoingMessage> {
  const address = await readPagesAddress(db);
  const text = testText(presentationFor(channel.language, channel.timeZone), channel.name, address);
  return { ...plainMessage(channel, now), key, kind: "test", thread: `test-${key}`, text };
}

/** Says that another channel fails, or that it does not any more. */
export async function composeNotice(
  db: Db,
  { key, kind, aboutChannelId }: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  const about = await findAbout(db, aboutChannelId);
  const isFailing = about !== undefined && about.failingSince !== null;
  if (!about || isFailing !== (kind === "channel")) return { outcome: "superseded" };
  const words = presentationFor(channel.language, channel.timeZone);
  const text = channelText(words, about, await readPagesAddress(db), now);
  const message = { ...plainMessage(channel, now), key, thread: `channel-${about.id}` };
  return { message: { ...message, kind, text }, says: null, digest: null };
}

async function findAbout(db: Db, id: number | null) {
  return await db
    .selectFrom("channel")
    .select(["id", "name", "failing_since as failingSince"])
    .select(["failure_code as failure", "failure_detail as detail"])
    .where("id", "=", id ?? 0)
    .executeTakeFirst();
}

/** Says no more of an incident than its number, since what it should say could not be put together. */
export async function composePlain(
  db: Db,
  { key, kind, incidentId, reference }: Delivery,
  channel: OpenedChannel,
  now: number,
): Promise<Composed> {
  if (incidentId === null) return { outcome: "given_up" };
  const text = plainText(
    presentationFor(channel.language, channel.timeZone),
    incidentId,
    await readPagesAddress(db),
  );
  const message = { ...plainMessage(channel, now), ...{ key, kind, reference, text } };
  const says = kind === "closed" ? "over" : "failing";
  return { message: { ...message, thread: `incident-${incidentId}` }, says, digest: null };
}

/** Says that there are more incidents than are written of. */
export async function composeSummary(
  db: Db,
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
