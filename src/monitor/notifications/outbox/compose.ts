import { createHash, randomUUID } from "node:crypto";
import type { Db } from "../../database/schema.ts";
import type { IncidentEnd } from "../../fleet/incidents/incident.ts";
import { isOf, listExcerptsOf, nearestLines } from "../../log-excerpts/find-excerpts.ts";
import { inSentence } from "../../viewer/in-words.ts";
import { type ChannelKind, isMessenger } from "../channels/kind.ts";
import type { MessageText, NotificationKind, OutgoingMessage } from "../channels/message.ts";
import type { IncidentStatus, Said } from "../rules/next-notification.ts";
import { listActiveRules, type Scope } from "../rules/rule.ts";
import { countWouldNotify, findWithdrawal, type WithdrawalReason } from "../rules/see-incidents.ts";
import type { OpenedChannel } from "../sending/open-channel.ts";
import { incidentText, linkTo, type MessageContext, withdrawalText } from "../texts/incident-text.ts";
import {
  incidentFacts,
  type NotifiedIncident,
  readNotifiedIncident,
  withdrawalFacts,
} from "../texts/notified-incident.ts";
import { failureInWords } from "./channel-standing.ts";
import type { Delivery } from "./list-due.ts";

/** Before and after the line of the error. */
const LINES_AROUND = 2;
const LINE_LENGTH = 300;

/** `says`: what its receiver knows after it; null when it is about no incident. */
export interface Composed {
  message: OutgoingMessage;
  says: Said | null;
  digest: string | null;
}

export type Unsent = "unchanged" | "superseded" | "given_up";

/** Writes the message of a delivery as things are now. */
export async function compose(db: Db, delivery: Delivery, to: Receiver): Promise<Composed | Unsent> {
  const { kind, incidentId, said, saidDigest, reference } = delivery;
  const { kind: channel } = to.channel;
  if (kind === "channel" || kind === "channel_works" || kind === "summary")
    return await composeNotice(db, delivery, to);
  if (kind === "report") return composeReport(delivery, to);
  const account = await describeIncident(db, delivery, to);
  if (!account) return "superseded";
  const { status, endedBy, openedAt, facts: incident, textFor } = account;
  const content = JSON.stringify([textFor("changed"), channel === "webhook" ? incident : null]);
  const digest = createHash("sha1").update(content).digest("base64url");
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

/** null = its receiver may no longer see the incident. */
async function describeIncident(db: Db, { kind, incidentId, ruleId }: Delivery, to: Receiver) {
  const { channel, now } = to;
  const id = incidentId ?? 0;
  const rule = (await listActiveRules(db)).find((active) => active.id === ruleId);
  const notified = rule ? await readNotifiedIncident(db, rule, id, now) : null;
  if (notified) {
    const { endedBy, openedAt } = notified.incident;
    const lines = rule && channel.sendsLogLines ? await logLinesOf(db, rule, notified, to) : [];
    const textFor = (shownKind: NotificationKind) => {
      const text = incidentText(notified, shownKind, to);
      return { ...text, paragraphs: [...text.paragraphs, ...lines] };
    };
    return { status: notified.status, endedBy, openedAt, facts: incidentFacts(notified, to), textFor };
  }
  const withdrawal = kind === "closed" && (await findWithdrawal(db, channel.userId, rule, id));
  if (!withdrawal) return null;
  const { reason: endedBy, openedAt } = withdrawal;
  const textFor = () => withdrawalText(withdrawal, to);
  return { status: "over" as const, endedBy, openedAt, facts: withdrawalFacts(withdrawal), textFor };
}

/** A paragraph with the lines at the fault while that lasts. */
async function logLinesOf(
  db: Db,
  { organizations }: Scope,
  { incident, status }: NotifiedIncident,
  { t, format }: Receiver,
): Promise<string[]> {
  const excerpts = status === "over" ? [] : await listExcerptsOf(db, organizations, incident);
  const last = excerpts.filter(isOf(incident.example.text)).findLast(({ file }) => file !== null);
  if (!last) return [];
  const lines = nearestLines(last, LINES_AROUND).map(({ at, level, text }) =>
    [at === null ? null : format.moment(at, at), level, text].filter(Boolean).join(" ").slice(0, LINE_LENGTH),
  );
  const heading = t("message.logLines", { name: last.posServerName, file: last.file });
  return [[heading, ...lines].join("\n")];
}

/** A delivery when it is to be sent; `said`: what was sent before; `isSame`: the message would be equal. */
export interface Turn {
  channel: ChannelKind;
  kind: Exclude<NotificationKind, "summary" | "channel" | "channel_works" | "report" | "test">;
  status: IncidentStatus;
  endedBy: IncidentEnd | WithdrawalReason | null;
  said: Said | null;
  isSame: boolean;
}

/** `new`: a new message; `change`: edits the last one; else why nothing is sent. */
export type Sending = "new" | "change" | "unchanged" | "superseded";

/** The incident may have changed since the delivery was queued. */
export function whatToSend({ channel, kind, status, endedBy, said, isSame }: Turn): Sending {
  const [isOver, isProgram] = [status === "over", channel === "webhook"];
  if (said === null && endedBy === "joined") return "superseded";
  if (kind === "changed") {
    // Webhooks get nothing after the end.
    if (said === null || (said === "over" && isProgram)) return "superseded";
    return isSame ? "unchanged" : "change";
  }
  if (kind === "closed") {
    if (!isOver || said !== "failing") return "superseded";
    if (isMessenger(channel)) return "change";
    // The common incident is notified instead, or somebody has just changed the rules: no mail is sent.
    return (endedBy === "joined" || endedBy === "rules") && !isProgram ? "superseded" : "new";
  }
  // The end in between was never sent.
  if (kind === "reopened" && said === "failing" && isMessenger(channel)) return "change";
  // An incident that ended before its first message gets one, with its end; webhooks get both.
  return !isOver || said === null || isProgram ? "new" : "superseded";
}

/** What a receiver knows after a message: people read the present state, programs the event. */
export function saidBy({ channel, kind, status }: Pick<Turn, "channel" | "kind" | "status">): Said {
  const isOver = channel === "webhook" ? kind === "closed" : status === "over";
  return isOver ? "over" : "failing";
}

export interface Receiver extends MessageContext {
  channel: OpenedChannel;
}

type Keyed = Pick<OutgoingMessage, "key" | "kind">;

function newMessage({ channel: { language }, now }: Receiver, { key, kind }: Keyed) {
  return { key, kind, language, at: now, reference: null, isSilent: false, incident: null };
}

/** Messages without an incident: sign, and paragraphs `message.<notice>.<part>`. */
const NOTICES = {
  test: { sign: "calm", parts: ["text", "nothing"] },
  plain: { sign: "calm", parts: ["text"] },
  channel: { sign: "failing", parts: ["text", "waiting"] },
  channel_works: { sign: "over", parts: ["text"] },
  summary: { sign: "failing", parts: ["text", "later"] },
} as const;

/** A short message that leads to a page. */
interface Notice {
  notice: keyof typeof NOTICES;
  values: Record<string, string | number>;
  thread: string;
  page: string;
}

function write(to: Receiver, keyed: Keyed, { notice, values, thread, page }: Notice): OutgoingMessage {
  const { t } = to;
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

/** With only the number of the incident, when a fault keeps `compose` from writing the whole. */
export function composePlain(delivery: Delivery, to: Receiver): Composed | Unsent {
  const { kind, incidentId: id, said, reference } = delivery;
  const isEnd = kind === "closed";
  if (id === null || kind === "changed" || (isEnd && said !== "failing")) return "given_up";
  const of = { thread: `incident-${id}`, page: `/incidents/${id}` };
  const message = write(to, delivery, { ...of, notice: "plain", values: { id: String(id) } });
  const says = isEnd ? "over" : "failing";
  return { message: { ...message, reference: isEnd ? reference : null }, says, digest: null };
}

function composeReport(delivery: Delivery, to: Receiver): Composed {
  const text: MessageText = JSON.parse(delivery.text ?? "{}");
  const message = { ...newMessage(to, delivery), thread: `report-${delivery.key}`, text };
  return { message, says: null, digest: null };
}

async function composeNotice(db: Db, delivery: Delivery, to: Receiver): Promise<Composed | Unsent> {
  const notice =
    delivery.kind === "summary"
      ? await summaryNotice(db, delivery, to)
      : await channelNotice(db, delivery, to);
  return notice ? { message: write(to, delivery, notice), says: null, digest: null } : "superseded";
}

async function summaryNotice(db: Db, { key }: Delivery, { channel, now }: Receiver): Promise<Notice | null> {
  const rules = (await listActiveRules(db)).filter(({ channelId }) => channelId === channel.id);
  let count = 0;
  for (const rule of rules) count = Math.max(count, (await countWouldNotify(db, rule, now)).incidents);
  if (count === 0) return null;
  return { notice: "summary", values: { count }, thread: `summary-${key}`, page: "/incidents" };
}

async function channelNotice(db: Db, delivery: Delivery, to: Receiver): Promise<Notice | null> {
  const about = await db
    .selectFrom("channel")
    .select(["id", "name", "failingSince"])
    .select(["failureCode as failure", "failureDetail as detail"])
    .where("id", "=", delivery.aboutChannelId)
    .executeTakeFirst();
  const notice = about?.failingSince === null ? "channel_works" : "channel";
  if (!about || notice !== delivery.kind) return null;
  const { id, name, failingSince, failure, detail } = about;
  const why = inSentence(failureInWords(to, failure ?? "temporary", detail ?? ""));
  const values = { name, failure: why, time: to.format.clock(failingSince ?? to.now, to.now) };
  return { notice, values, thread: `channel-${id}`, page: `/channels/${id}` };
}
