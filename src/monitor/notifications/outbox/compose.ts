import { createHash, randomUUID } from "node:crypto";
import type { Db } from "../../database/schema.ts";
import type { IncidentEnd } from "../../fleet/incidents/incident.ts";
import { inSentence } from "../../viewer/in-sentence.ts";
import { type ChannelKind, isMessenger } from "../channels/kind.ts";
import type { NotificationKind, OutgoingMessage } from "../channels/message.ts";
import type { IncidentStatus, Said } from "../rules/next-notification.ts";
import { listActiveRules } from "../rules/rule.ts";
import { countWouldNotify, findWithdrawal, type WithdrawalReason } from "../rules/see-incidents.ts";
import type { OpenedChannel } from "../sending/open-channel.ts";
import { incidentText, linkTo, type Speech, withdrawalText } from "../texts/incident-text.ts";
import { incidentFacts, readNotifiedIncident, withdrawalFacts } from "../texts/notified-incident.ts";
import { failureInWords } from "./channel-standing.ts";
import type { Delivery } from "./list-due.ts";

/** What is sent, and what its receiver knows then; `says` is null where it is about no incident. */
export interface Composed {
  message: OutgoingMessage;
  says: Said | null;
  digest: string | null;
}

export type Unsent = "unchanged" | "superseded" | "given_up";

/** Puts together what something in the outbox says now. */
export async function compose(db: Db, delivery: Delivery, to: Receiver): Promise<Composed | Unsent> {
  const { kind, incidentId, said, saidDigest, reference } = delivery;
  const { kind: channel } = to.channel;
  if (kind === "channel" || kind === "channel_works" || kind === "summary")
    return await composeNotice(db, delivery, to);
  const account = await giveAccount(db, delivery, to);
  if (!account) return "superseded";
  const { status, endedBy, openedAt, facts: incident, textFor } = account;
  const lasting = JSON.stringify([textFor("changed"), channel === "webhook" ? incident : null]);
  const digest = createHash("sha1").update(lasting).digest("base64url");
  const turn = { channel, kind, status, endedBy, said, isSame: digest === saidDigest };
  const sending = whatToSend(turn);
  if (sending === "unchanged" || sending === "superseded") return sending;
  const isChange = sending === "change";
  const message = {
    ...newMessage(to, delivery),
    thread: `incident-${incidentId}-${openedAt}`,
    incident,
    text: textFor(kind),
    reference: isChange ? reference : null,
    isSilent: isChange || kind === "closed",
  };
  return { message, says: saidBy(turn), digest };
}

/** What is told of an incident; null = nothing, since its receiver may not see it any more. */
async function giveAccount(db: Db, { kind, incidentId, ruleId }: Delivery, to: Receiver) {
  const { channel, now } = to;
  const id = incidentId ?? 0;
  const rule = (await listActiveRules(db)).find((active) => active.id === ruleId);
  const told = rule ? await readNotifiedIncident(db, rule, id, now) : null;
  if (told) {
    const { endedBy, openedAt } = told.incident;
    const textFor = (telling: NotificationKind) => incidentText(told, telling, to);
    return { status: told.status, endedBy, openedAt, facts: incidentFacts(told, to), textFor };
  }
  const withdrawal = kind === "closed" && (await findWithdrawal(db, channel.userId, rule, id));
  if (!withdrawal) return null;
  const { reason: endedBy, openedAt } = withdrawal;
  const textFor = () => withdrawalText(withdrawal, to);
  return { status: "over" as const, endedBy, openedAt, facts: withdrawalFacts(withdrawal), textFor };
}

/** What is known of a message when its turn has come; `said`: what has got through; `isSame`: it would say just that. */
export interface Turn {
  channel: ChannelKind;
  kind: Exclude<NotificationKind, "summary" | "channel" | "channel_works" | "test">;
  status: IncidentStatus;
  endedBy: IncidentEnd | WithdrawalReason | null;
  said: Said | null;
  isSame: boolean;
}

/** `new`: a message that somebody hears of; `change`: the one that is there; else why nothing is sent. */
export type Sending = "new" | "change" | "unchanged" | "superseded";

/** Decides what becomes of something in the outbox: the incident may have gone on since it was put there. */
export function whatToSend({ channel, kind, status, endedBy, said, isSame }: Turn): Sending {
  const [isOver, isProgram] = [status === "over", channel === "webhook"];
  if (kind === "changed") {
    // A program for which it is over has heard the last of it.
    if (said === null || (said === "over" && isProgram)) return "superseded";
    return isSame ? "unchanged" : "change";
  }
  if (kind === "closed") {
    if (!isOver || said !== "failing") return "superseded";
    if (isMessenger(channel)) return "change";
    // It is told with that of many, or whoever changed the rules knows: no letter is worth that.
    return (endedBy === "joined" || endedBy === "rules") && !isProgram ? "superseded" : "new";
  }
  // Nobody there has heard that it was over meanwhile.
  if (kind === "reopened" && said === "failing" && isMessenger(channel)) return "change";
  // What was over before anybody could be told is told once, with its end; a program is told of both.
  return !isOver || said === null || isProgram ? "new" : "superseded";
}

/** What a receiver knows after something got through: people read how it stands, programs what has happened. */
export function saidBy({ channel, kind, status }: Pick<Turn, "channel" | "kind" | "status">): Said {
  const isOver = channel === "webhook" ? kind === "closed" : status === "over";
  return isOver ? "over" : "failing";
}

export interface Receiver extends Speech {
  channel: OpenedChannel;
}

type Keyed = Pick<OutgoingMessage, "key" | "kind">;

function newMessage({ channel: { language }, now }: Receiver, { key, kind }: Keyed) {
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
    sign,
    title: t(`message.${notice}.title`, values),
    paragraphs: parts.map((part) => t(`message.${notice}.${part}`, values)),
    list: [],
    footer: null,
    open: linkTo(to, page),
    acknowledgement: null,
  };
  return { ...newMessage(to, keyed), thread, text };
}

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
async function composeNotice(db: Db, delivery: Delivery, to: Receiver): Promise<Composed | Unsent> {
  const notice = delivery.kind === "summary" ? await sumUp(db, delivery, to) : await tellOf(db, delivery, to);
  return notice ? { message: write(to, delivery, notice), says: null, digest: null } : "superseded";
}

async function sumUp(db: Db, { key }: Delivery, { channel, now }: Receiver): Promise<Notice | null> {
  const rules = (await listActiveRules(db)).filter(({ channelId }) => channelId === channel.id);
  let count = 0;
  for (const rule of rules) count = Math.max(count, (await countWouldNotify(db, rule, now)).incidents);
  if (count === 0) return null;
  return { notice: "summary", values: { count }, thread: `summary-${key}`, page: "/incidents" };
}

async function tellOf(db: Db, delivery: Delivery, { words, now }: Receiver): Promise<Notice | null> {
  const about = await db
    .selectFrom("channel")
    .select(["id", "name", "failingSince"])
    .select(["failureCode as failure", "failureDetail as detail"])
    .where("id", "=", delivery.aboutChannelId)
    .executeTakeFirst();
  const notice = about?.failingSince === null ? "channel_works" : "channel";
  if (!about || notice !== delivery.kind) return null;
  const { id, name, failingSince, failure, detail } = about;
  const why = inSentence(failureInWords(words, failure ?? "temporary", detail ?? ""));
  const values = { name, failure: why, time: words.format.clock(failingSince ?? now, now) };
  return { notice, values, thread: `channel-${id}`, page: `/channels/${id}` };
}
