import t, { type Test } from "tap";
import { createMailSink } from "../../src/demo/messages/mail-sink.ts";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import { changeOpeningHours } from "../../src/monitor/fleet/opening-hours/change-opening-hours.ts";
import { NO_OPENING_HOURS } from "../../src/monitor/fleet/opening-hours/opening-hours.ts";
import { readHours } from "../../src/monitor/fleet/opening-hours/read-schedule.ts";
import { jobsOf } from "../../src/monitor/jobs.ts";
import { savePollResults } from "../../src/monitor/polling/save-results.ts";
import type { StatusOutcome } from "../../src/monitor/pos-client/client.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { TERMS } from "../helpers/channels.ts";
import { createClock } from "../helpers/clock.ts";
import { makeFolder } from "../helpers/folder.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { provideDatabase } from "../helpers/migrated-database.ts";
import { addChannel, addRule, tell } from "../helpers/notifications.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { signedIn } from "../helpers/page.ts";
import { addRow } from "../helpers/rows.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { ANNA } from "../helpers/simulated-messenger.ts";
import { GROUP_ID, startTelegram } from "../helpers/telegram.ts";
import { waitFor } from "../helpers/wait-for.ts";

type Telegram = Awaited<ReturnType<typeof startTelegram>>;
const TIMEOUT = "Превышено время ожидания ответа от главного сервера";
const NIGHT_BEGINS = Date.parse("2026-11-25T00:55+03:00");

/** What arrives on telephones and in the mailbox, as one reads it in the morning. */
const ARRIVED = `
01:20 Telegram: 🔴 Тверская, 12: ошибка синхронизации
01:25 Telegram, изменено: ✅ Тверская, 12: восстановлено за 15 мин
01:45 Telegram: 🔴 Тверская, 12: ошибка синхронизации
01:50 Telegram, изменено: ✅ Тверская, 12: восстановлено за 40 мин
01:55 Telegram: 🔴 Тверская, 12: то работает, то нет (3 сбоя)
01:57 Telegram, изменено: ⚪ Тверская, 12: то работает, то нет (3 сбоя)
02:01 Telegram: 🔴 12 POS-серверов не обмениваются
02:03 Telegram, изменено: 🔴 60 POS-серверов не обмениваются
02:06 Telegram, изменено: 🔴 60 POS-серверов не обмениваются
02:24 Telegram, изменено: ✅ Восстановлено за 24 мин
02:27 Telegram, изменено: ✅ Тверская, 12: восстановлено за 47 мин
04:10 Telegram: 🔴 Арбат, 5: ошибка синхронизации
04:40 Почта: Арбат, 5: ошибка синхронизации
05:00 Telegram, изменено: ✅ Арбат, 5: восстановлено за 1 ч
05:00 Почта: Арбат, 5: восстановлено за 1 ч
06:10 Telegram: 🔴 Тверская, 68: нет связи
06:20 Telegram, изменено: ✅ Тверская, 68: восстановлено за 20 мин
`;

t.test("a night with sixty failing POS servers is a few messages", async (t) => {
  const night = await beginNight(t);
  const { at, exchange, fail, turnOff, lines, telegram } = night;

  await at("01:05", () => turnOff(night.closing));

  await at("01:10", () => fail(night.flapping, "database is locked"));
  await at("01:25", () => exchange(night.flapping));
  await at("01:35", () => fail(night.flapping, "database is locked"));
  await at("01:50", () => exchange(night.flapping));
  await at("01:55", () => fail(night.flapping, "database is locked"));
  await at("01:57", () => exchange(night.flapping));

  await at("02:00", () => fail(night.many.slice(0, 3), TIMEOUT));
  await at("02:01", () => fail(night.many.slice(3, 12), TIMEOUT));
  await at("02:03", () => fail(night.many.slice(12), TIMEOUT));
  await at("02:06", async () => {
    const message = telegram.messages(GROUP_ID).findLast(({ text }) => text.includes("60 POS-серверов"));
    const answer = await telegram.press(GROUP_ID, message?.id ?? 0, "Занимаюсь", ANNA);
    t.match(answer.text, /^60 POS-серверов не обмениваются: вы занимаетесь до 04:00/);
  });
  await at("02:12", () => night.restart());
  await at("02:24", () => exchange(night.many));

  await at("03:00", () => night.cutOff());
  await at("03:30", () => night.reconnect());

  await at("04:00", () => fail(night.lonely, "Нет места на диске"));
  await at("05:00", () => exchange(night.lonely));

  await at("06:00", async () => {
    await exchange(night.closing.slice(1));
    await turnOff(night.closing.slice(0, 1));
  });
  await at("06:20", () => exchange(night.closing));
  await at("06:30", () => undefined);

  t.equal(`\n${lines.join("\n")}\n`, ARRIVED);
});

async function beginNight(t: Test) {
  const dataDir = makeFolder(t);
  await provideDatabase(dataDir);
  const clock = createClock(NIGHT_BEGINS);
  let isCutOff = false;
  const options = {
    dataDir,
    clock,
    client: createScriptedClient(() => failed(clock(), "connect_timeout", "no way")),
    reachWitness: async () => !isCutOff,
  };
  let monitor = await startMonitor(t, options);

  const lines: string[] = [];
  const note = (channel: string, text: string) => {
    const moscow = { timeZone: "Europe/Moscow", timeStyle: "short" } as const;
    const time = new Date(clock()).toLocaleTimeString("ru", moscow);
    lines.push(`${time} ${channel}: ${text.replace(/[\u00A0\u202F]/g, " ")}`);
  };
  const telegram = await startTelegram(t, {
    onCall({ method, payload: { text = "", disable_notification } }) {
      const [title = ""] = text.replace(/<[^>]+>/g, "").split("\n");
      if (method === "editMessageText") note("Telegram, изменено", title);
      if (method === "sendMessage") note(disable_notification ? "Telegram, тихо" : "Telegram", title);
    },
  });
  const mail = await createMailSink();
  let read = 0;
  t.teardown(() => mail.close());
  await addChannels(monitor, telegram, mail.port);
  const { closing, ...posServers } = await addPosServers(monitor);

  async function save(ids: readonly number[], outcome: () => StatusOutcome) {
    const results = ids.map((posServerId) => ({ posServerId, outcome: outcome() }));
    await savePollResults(monitor.db, results, await monitor.app.fleet.stateRules());
  }

  /** Lets a minute pass: what jobs do every second is done once. */
  async function tick() {
    const { app } = monitor;
    const jobs = ["opening hours", "own network", "acknowledgements"];
    for (const { name, run } of jobsOf(app)) if (jobs.includes(name)) await run();
    await keepIncidents(app.database.db, clock());
    await tell(monitor);
    for (const { headers } of mail.mails().slice(read)) note("Почта", headers.subject ?? "");
    read = mail.mails().length;
  }

  return {
    ...posServers,
    closing,
    lines,
    telegram,
    /** Lets time pass, and has something happen then. */
    async at(time: string, happen: () => unknown) {
      const until = Date.parse(`2026-11-25T${time}+03:00`);
      for (; clock() < until; clock.advance(MINUTE_MS)) await tick();
      await happen();
      await tick();
    },
    exchange: (ids: readonly number[]) => save(ids, () => received(clock())),
    fail: (ids: readonly number[], error: string) =>
      save(ids, () => received(clock(), { error, syncedAgoMs: 60_000 })),
    async turnOff(ids: readonly number[]) {
      for (let poll = 0; poll < 2; poll++) await save(ids, () => failed(clock(), "connect_refused"));
    },
    async restart() {
      await monitor.app.close();
      monitor = await startMonitor(t, options);
      await listenedTo(monitor, telegram);
    },
    async cutOff() {
      isCutOff = true;
      for (const id of posServers.many) await monitor.app.pollNow(id);
    },
    reconnect() {
      isCutOff = false;
    },
  };
}

/** The group is told as usual; the mailbox, where nobody takes care for half an hour. */
async function addChannels(monitor: TestMonitor, telegram: Telegram, mailPort: number) {
  const settings = { ...TERMS.email.settings, port: String(mailPort), login: "" };
  const mailbox = await addChannel(monitor, { kind: "email", settings, secrets: { password: "" } });
  const group = await addChannel(monitor, telegram.channel());
  await addRule(monitor, group, { escalation: { afterMs: 30 * MINUTE_MS, channelId: mailbox } });
  const { userId } = await signedIn(monitor, { name: "Анна Иванова", organizations: "all" });
  const known = { accountId: String(ANNA.id), name: "Анна", linkedAt: monitor.clock() };
  await addRow(monitor.db, "messengerAccount", { userId, channelId: group, ...known });
  await listenedTo(monitor, telegram);
}

async function listenedTo({ app }: TestMonitor, telegram: Telegram): Promise<void> {
  await app.notifications.tick();
  await waitFor(() => telegram.isListenedTo());
}

async function addPosServers(monitor: TestMonitor) {
  const { app, clock, db } = monitor;
  const organizations: number[] = [];
  while (organizations.length < 6) organizations.push(await monitor.addOrganization());
  const many = await addExchanging(monitor, 60, organizations);
  const closesAtNight = await monitor.addOrganization("Бистро");
  const closing = await addExchanging(monitor, 20, [closesAtNight]);
  const flapping = await monitor.addPosServer({ name: "Тверская, 12" });
  const lonely = await monitor.addPosServer({ name: "Арбат, 5" });
  for (const id of [flapping, lonely]) await monitor.report(id);
  const hours = readHours("06:00-01:00");
  if (!hours.ok) throw new Error("the hours cannot be read");
  await changeOpeningHours(
    db,
    { userId: null, login: "anna", name: null, address: "cli" },
    { owner: { organizationId: closesAtNight }, name: "Бистро", organizationId: closesAtNight },
    { timeZone: "Europe/Moscow", hours: hours.value, works: NO_OPENING_HOURS.works },
    await app.fleet.stateRules(),
    clock(),
  );
  const settings = { witnesses: "provider.test:443", publicAddress: "https://poswatch.example.ru" };
  for (const [key, value] of Object.entries(settings))
    await addRow(db, "setting", { key, value: JSON.stringify(value) });
  return { many, closing, flapping: [flapping], lonely: [lonely] };
}
