import t from "tap";
import { POLL_PAUSES, pollPauseMs } from "../../../src/monitor/notifications/channels/bots/poll-pause.ts";
import { answerWith, closeConnection, hang } from "../../helpers/bot-faults.ts";
import { listenToBot } from "../../helpers/bot-listener.ts";
import { findFreePort } from "../../helpers/program.ts";
import { ANNA, refuseWith, resultOf, startTelegram } from "../../helpers/telegram.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const UPDATE = {
  update_id: 5,
  message: { chat: { id: 501, type: "private" }, from: { id: 501, first_name: "Анна" }, text: "Привет" },
};

t.test("two that listen to the same bot are told", async (t) => {
  const telegram = await startTelegram(t);
  const listener = listenToBot(t, telegram);
  listener.start();
  await waitFor(() => telegram.isListenedTo());
  const other = listenToBot(t, telegram);
  other.start();
  await waitFor(() => listener.standings.length > 1);
  t.match(listener.standings[1], /^refused: Conflict: terminated by other getUpdates request/);
  await other.stop();
  await waitFor(() => telegram.isListenedTo());
  telegram.say(ANNA.id, "Привет", ANNA);
  await waitFor(() => listener.heard.length === 1 && listener.standings.at(-1) === null);
});

t.test("every failure is told when it begins, and that it is over", async (t) => {
  const telegram = await startTelegram(t);
  const failures = [
    answerWith(500, "<html>oops</html>"),
    answerWith(500, "<html>oops</html>"),
    closeConnection,
    answerWith(200, "nonsense"),
    resultOf([{ update: 1 }]),
    refuseWith(401, "Unauthorized"),
    hang,
  ];
  for (const behaviour of failures) telegram.failNext(behaviour);
  const listener = listenToBot(t, telegram, { waitMs: 1_000, limits: { callTimeoutMs: 2_000 } });
  telegram.say(ANNA.id, "Привет", ANNA);
  listener.start();
  await waitFor(() => listener.heard.length === 1 && telegram.unacknowledged() === 0);
  t.match(listener.standings, [
    "server_error: HTTP 500",
    /^server_error: .*closed/,
    "invalid_answer: HTTP 200, and no answer of a Bot API",
    "invalid_answer: these are no updates",
    "unauthorized: Unauthorized",
    "response_timeout: no answer within 2000 ms",
    null,
  ]);
  t.equal(listener.standings.length, 7);
});

t.test("it goes on when Telegram was away", async (t) => {
  const port = await findFreePort();
  const first = await startTelegram(t, port);
  const listener = listenToBot(t, first);
  listener.start();
  first.say(ANNA.id, "раз", ANNA);
  await waitFor(() => listener.heard.length === 1 && first.isListenedTo());
  await first.close();
  await waitFor(() => listener.standings.at(-1)?.startsWith("connect_refused: ") === true);
  const second = await startTelegram(t, port);
  second.say(ANNA.id, "два", ANNA);
  await waitFor(() => listener.standings.at(-1) === null && second.isListenedTo());
  second.say(ANNA.id, "три", ANNA);
  await waitFor(() => listener.heard.some((update) => update.kind === "text" && update.text === "три"));
});

t.test(
  "a server that repeats itself, or never waits, is heard once and not asked all the time",
  async (t) => {
    const telegram = await startTelegram(t);
    telegram.failAll(resultOf([UPDATE]));
    const listener = listenToBot(t, telegram, { pauses: { firstMs: 50, longestMs: 50 }, random: () => 0 });
    const startedAt = performance.now();
    listener.start();
    await waitFor(() => telegram.calls.length >= 5);
    telegram.failAll(resultOf([]));
    await waitFor(() => telegram.calls.length >= 8);
    t.ok(performance.now() - startedAt >= 6 * 50, "it pauses");
    t.equal(listener.heard.length, 1);
    t.match(telegram.calls.at(-1)?.payload, { offset: 6 });
  },
);

t.test("it stops at once while it pauses, or while nobody answers", async (t) => {
  const telegram = await startTelegram(t);
  telegram.failNext(refuseWith(429, "Too Many Requests: retry after 3600", { retry_after: 3_600 }));
  const pausing = listenToBot(t, telegram);
  pausing.start();
  await waitFor(() => pausing.standings.length > 0);
  telegram.failNext(hang);
  const hanging = listenToBot(t, telegram);
  hanging.start();
  await waitFor(() => telegram.calls.length === 2);
  const stoppedAt = performance.now();
  await Promise.all([pausing.stop(), hanging.stop()]);
  t.ok(performance.now() - stoppedAt < 5_000);
  t.equal(telegram.calls.length, 2, "whoever wants to be left alone is");
});

t.test("pauses grow from one second to a minute, by chance, and are as long as Telegram wants", async (t) => {
  const pause = (failures: number, chance: number, retryAfterMs: number | null = null) =>
    pollPauseMs(failures, retryAfterMs, POLL_PAUSES, () => chance);
  t.equal(pause(1, 0), 1_000);
  t.equal(pause(1, 1), 500);
  t.equal(pause(4, 0), 8_000);
  t.equal(pause(500, 0), 60_000);
  t.equal(pause(500, 1), 30_000);
  t.equal(pause(1, 0, 17_000), 17_000);
  t.equal(pause(20, 0, 17_000), 60_000);
  t.equal(pause(1, 0, 10 ** 12), 3_600_000, "an hour at most");
});
