import { randomUUID } from "node:crypto";
import type { Db } from "../../database/schema.ts";
import { inSentence } from "../../viewer/in-sentence.ts";
import type { OutgoingMessage } from "../channels/message.ts";
import { listActiveRules } from "../rules/rule.ts";
import { countWouldTell } from "../rules/see-incidents.ts";
import type { OpenedChannel } from "../sending/open-channel.ts";
import { failureInWords, linkTo, type Speech } from "../texts/other-texts.ts";
import type { Composed, Unsent } from "./compose.ts";
import type { Delivery } from "./list-due.ts";

/** To whom something is said, and how. */
export interface Receiver extends Speech {
  channel: OpenedChannel;
}

type Keyed = Pick<OutgoingMessage, "key" | "kind">;

/** What every message has, unless told. */
export function newMessage({ channel: { language }, now }: Receiver, { key, kind }: Keyed) {
  return { key, kind, language, at: now, reference: null, isSilent: false, incident: null };
}

/** Their signs, and the parts that they consist of: `message.<notice>.<part>`. */
const NOTICES = {
  test: { sign: "calm", parts: ["text", "nothing"] },
  plain: { sign: "calm", parts: ["text"] },
  channel: { sign: "failing", parts: ["text", "waiting"] },
  channel_works: { sign: "over", parts: ["text"] },
  summary: { sign: "failing", parts: ["text", "later"] },
} as const;

/** A message that says little, and leads to a page with more. */
interface Notice {
  notice: keyof typeof NOTICES;
  values: Record<string, string | number>;
  thread: string;
  page: string;
}

function write(to: Receiver, keyed: Keyed, { notice, values, thread, page }: Notice): OutgoingMessage {
  const { t } = to.words;
  const { sign, parts } = NOTICES[notice];
  const text = {
    ...{ sign, title: t(`message.${notice}.title`, values) },
    paragraphs: parts.map((part) => t(`message.${notice}.${part}`, values)),
    ...{ list: [], footer: null, open: linkTo(to, page), taking: null },
  };
  return { ...newMessage(to, keyed), thread, text };
}

/** Says what a message of the test button says. */
export function composeTest(to: Receiver): OutgoingMessage {
  const key = randomUUID();
  const of = { thread: `test-${key}`, page: "/incidents" };
  return write(to, { key, kind: "test" }, { ...of, notice: "test", values: { name: to.channel.name } });
}

/** Says no more of an incident than its number, since what it should say could not be put together. */
export function composePlain(delivery: Delivery, to: Receiver): Composed | Unsent {
  const { kind, incidentId: id, said, reference } = delivery;
  const isEnd = kind === "closed";
  if (id === null || kind === "changed" || (isEnd && said !== "failing")) return "given_up";
  const of = { thread: `incident-${id}`, page: `/incidents/${id}` };
  const message = write(to, delivery, { ...of, notice: "plain", values: { id: String(id) } });
  const says = isEnd ? "over" : "failing";
  return { message: { ...message, reference: isEnd ? reference : null }, says, digest: null };
}

/** Says that another channel fails or does not any more, or that there are more incidents than are written of. */
export async function composeNotice(db: Db, delivery: Delivery, to: Receiver): Promise<Composed | Unsent> {
  const notice = delivery.kind === "summary" ? await sumUp(db, delivery, to) : await tellOf(db, delivery, to);
  return notice ? { message: write(to, delivery, notice), says: null, digest: null } : "superseded";
}

async function sumUp(db: Db, { key }: Delivery, { channel, now }: Receiver): Promise<Notice | null> {
  const rules = (await listActiveRules(db)).filter(({ channelId }) => channelId === channel.id);
  let count = 0;
  for (const rule of rules) count = Math.max(count, (await countWouldTell(db, rule, now)).incidents);
  if (count === 0) return null;
  return { notice: "summary", values: { count }, thread: `summary-${key}`, page: "/incidents" };
}

async function tellOf(db: Db, delivery: Delivery, { words, now }: Receiver): Promise<Notice | null> {
  const about = await db
    .selectFrom("channel")
    .select(["id", "name", "failing_since as failingSince"])
    .select(["failure_code as failure", "failure_detail as detail"])
    .where("id", "=", delivery.aboutChannelId)
    .executeTakeFirst();
  const notice = about?.failingSince === null ? "channel_works" : "channel";
  if (!about || notice !== delivery.kind) return null;
  const { id, name, failingSince, failure, detail } = about;
  const why = inSentence(failureInWords(words, failure ?? "temporary", detail ?? ""));
  const values = { name, failure: why, time: words.format.clock(failingSince ?? now, now) };
  return { notice, values, thread: `channel-${id}`, page: `/channels/${id}` };
}
