import { json } from "node:stream/consumers";
import type { Test } from "tap";
import type { Typed } from "../../src/monitor/notifications/channels/form.ts";
import type { ChannelKind } from "../../src/monitor/notifications/channels/kind.ts";
import { listDue } from "../../src/monitor/notifications/outbox/list-due.ts";
import { DEFAULT_TERMS, type RuleTerms } from "../../src/monitor/notifications/rules/rule.ts";
import { queueAllIncidents } from "../../src/monitor/restaurants/queue-changes.ts";
import type { Language } from "../../src/monitor/viewer/language.ts";
import { startMonitor, type TestMonitor, type TestMonitorOptions } from "./app.ts";
import { listenHttp } from "./listen.ts";
import { addRow } from "./rows.ts";

export interface TestChannel {
  kind: ChannelKind;
  settings: Typed;
  secrets: Typed | null;
  name?: string;
  userId?: number | null;
  language?: Language;
}

/** Saves a channel as it is kept. @returns its id. */
export async function addChannel(
  { app, clock }: TestMonitor,
  { kind, settings, secrets, name = "Смена", userId = null, language = "ru" }: TestChannel,
): Promise<number> {
  return await addRow(app.database.db, "channel", {
    kind,
    name,
    userId,
    viaId: null,
    settings: JSON.stringify(settings),
    secrets: secrets && app.secretBox.seal(JSON.stringify(secrets)),
    language,
    timeZone: "Europe/Moscow",
    createdAt: clock(),
  });
}

/** Saves a rule: the usual one unless told. @returns its id. */
export async function addRule(
  { app, clock }: TestMonitor,
  channelId: number,
  changes: Partial<RuleTerms> = {},
) {
  const { db } = app.database;
  const terms = JSON.stringify({ ...DEFAULT_TERMS, ...changes });
  const id = await addRow(db, "notificationRule", { channelId, terms, createdAt: clock() });
  await queueAllIncidents(db);
  return id;
}

/** Decides what is to be told now, and sends it, until nothing is left that may be sent without letting time pass. */
export async function tell({ app, clock }: TestMonitor): Promise<void> {
  let before: string;
  let left = "";
  do {
    before = left;
    await app.notifications.tick();
    await app.notifications.idle();
    left = JSON.stringify(await listDue(app.database.db, clock()));
  } while (left !== "[]" && left !== before);
}

export async function pass(monitor: TestMonitor, ms: number): Promise<void> {
  monitor.clock.advance(ms);
  await tell(monitor);
}

/** What a program was told, such as `opened Тверская, 12`. */
export function eventsOf({ events }: EventReceiver): string[] {
  return events.map(({ event, title }) => `${event} ${title.split(":")[0]}`);
}

export interface ReceivedEvent {
  id: string;
  event: string;
  title: string;
  text: string;
  incident: { id: number; status: string; failing: number } | null;
}

export type EventReceiver = Awaited<ReturnType<typeof receiveEvents>>;

export async function receiveEvents(t: Test) {
  const receiver = {
    events: [] as ReceivedEvent[],
    /** What it answers from now on; to what it refuses, another status. */
    answer: { status: 200 } as { status: number; headers?: Record<string, string> },
    refuses: (_event: ReceivedEvent): boolean => false,
    refusal: 422,
  };
  const url = await listenHttp(t, async (request, response) => {
    const event = (await json(request)) as ReceivedEvent;
    for (const key of ["title", "text"] as const) event[key] = event[key].replace(/[\u00A0\u202F]/g, " ");
    const { status, headers } = receiver.refuses(event) ? { status: receiver.refusal } : receiver.answer;
    if (status < 300) receiver.events.push(event);
    response.writeHead(status, headers).end();
  });
  const secrets = { secret: "0123456789abcdef" };
  const channel: TestChannel = { kind: "webhook", settings: { url: `${url}/events` }, secrets };
  return Object.assign(receiver, { channel });
}

/** A program that is told by a rule: the usual one unless told. */
export async function receiveTold(
  t: Test,
  monitor: TestMonitor,
  terms: Partial<RuleTerms> = {},
  changes: Partial<TestChannel> = {},
): Promise<EventReceiver> {
  const receiver = await receiveEvents(t);
  await addRule(monitor, await addChannel(monitor, { ...receiver.channel, ...changes }), terms);
  return receiver;
}

/** A monitor with a program that is told by a rule: the usual one unless told. */
export async function startTold(t: Test, terms: Partial<RuleTerms> = {}, options: TestMonitorOptions = {}) {
  const monitor = await startMonitor(t, options);
  const receiver = await receiveEvents(t);
  const channelId = await addChannel(monitor, receiver.channel);
  await addRule(monitor, channelId, terms);
  return { monitor, db: monitor.app.database.db, receiver, channelId };
}

/** A POS server that has exchanged, and fails now with a trouble of its own. @returns its id. */
export async function addFailing(
  monitor: TestMonitor,
  name: string,
  changes: { organizationId?: number } = {},
) {
  const id = await monitor.addPosServer({ name, ...changes });
  await monitor.report(id);
  await monitor.report(id, { error: `Нет места на диске ${name}`, syncedAgoMs: 0 });
  return id;
}

/** Lets POS servers fail one after another for ten minutes each, and tells what the usual rule is about. @returns the first's id. */
export async function tellLasting(monitor: TestMonitor, ...names: string[]): Promise<number> {
  const ids: number[] = [];
  for (const name of names) {
    ids.push(await addFailing(monitor, name));
    monitor.clock.advance(10 * 60_000);
  }
  await tell(monitor);
  return ids[0] ?? 0;
}
