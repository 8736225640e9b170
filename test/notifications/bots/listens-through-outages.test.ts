import t from "tap";
import { BOTS, listenTo } from "../../helpers/bots.ts";
import { startMax } from "../../helpers/max.ts";
import { findFreePort } from "../../helpers/program.ts";
import { answerWith, closeConnection, hang } from "../../helpers/serve-bot.ts";
import { ANNA } from "../../helpers/simulated-messenger.ts";
import { startTelegram } from "../../helpers/telegram.ts";
import { waitFor } from "../../helpers/wait-for.ts";

/** Somebody says «Привет». */
const UPDATES = {
  telegram: {
    update_id: 6,
    message: { chat: { id: 501, type: "private" }, from: { id: 501, first_name: "Анна" }, text: "Привет" },
  },
  max: {
    update_type: "message_created",
    timestamp: Date.now(),
    message: {
      recipient: { chat_id: 182000501, chat_type: "dialog" },
      body: { mid: "mid.1", seq: 1, text: "Привет" },
      sender: { user_id: 501, first_name: "Анна" },
    },
  },
};

for (const { kind, start } of BOTS) {
  t.test(`${kind}: every failure is told when it begins, and that it is over`, async (t) => {
    const bot = await start(t);
    for (const behaviour of [
      answerWith(500, "<html>oops</html>"),
      answerWith(500, "<html>oops</html>"),
      closeConnection,
      answerWith(200, "nonsense"),
      bot.resultOf({ updates: "none", marker: 5 }),
      bot.refuse(401, "Unauthorized"),
      hang,
    ])
      bot.failNext(behaviour);
    const listener = listenTo(t, bot, { waitMs: 1_000, limits: { callTimeoutMs: 1_000 } });
    bot.say("Привет", ANNA);
    listener.start();
    await waitFor(() => listener.heard.length === 1 && bot.unacknowledged() === 0);
    t.match(listener.standings, [
      "temporary: HTTP 500",
      /^temporary: .*closed/,
      "temporary: HTTP 200, and no answer of a Bot API",
      "temporary: these are no updates",
      "credentials: Unauthorized",
      "temporary: no answer within 2000 ms",
      null,
    ]);
    t.equal(listener.standings.length, 7);
  });

  t.test(`${kind}: it goes on when the messenger was away`, async (t) => {
    const port = await findFreePort();
    const first = await start(t, port);
    const listener = listenTo(t, first);
    listener.start();
    first.say("раз", ANNA);
    await waitFor(() => listener.heard.length === 1 && first.isListenedTo());
    await first.close();
    await waitFor(() => listener.standings.at(-1)?.includes("ECONNREFUSED") === true);
    const second = await start(t, port);
    await waitFor(() => second.isListenedTo());
    second.say("два", ANNA);
    second.say("три", ANNA);
    await waitFor(() => listener.heard.some((update) => update.kind === "text" && update.text === "три"));
    t.equal(listener.standings.at(-1), null);
  });

  t.test(`${kind}: a server that repeats itself, or never waits, is heard once`, async (t) => {
    const bot = await start(t);
    bot.failAll(bot.happened(UPDATES[kind]));
    const listener = listenTo(t, bot, { pauses: { firstMs: 50, longestMs: 50 } });
    const startedAt = performance.now();
    listener.start();
    await waitFor(() => bot.calls.length >= 5);
    bot.failAll(bot.resultOf(kind === "max" ? { updates: [], marker: null } : []));
    await waitFor(() => bot.calls.length >= 8);
    t.ok(performance.now() - startedAt >= 5 * 50, "it pauses");
    t.equal(listener.heard.length, 1);
    const position = kind === "max" ? '"marker":"7"' : '"offset":7';
    t.match(JSON.stringify(bot.calls.at(-1)), position, "it keeps its place when it is told none");
  });

  t.test(`${kind}: it stops at once while it pauses, or while nobody answers`, async (t) => {
    const bot = await start(t);
    bot.failNext(bot.refuse(429, "Too Many Requests: retry after 3600", 3_600));
    const pausing = listenTo(t, bot);
    pausing.start();
    await waitFor(() => pausing.standings.length > 0);
    bot.failNext(hang);
    const hanging = listenTo(t, bot);
    hanging.start();
    await waitFor(() => bot.calls.length === 2);
    const stoppedAt = performance.now();
    await Promise.all([pausing.stop(), hanging.stop()]);
    t.ok(performance.now() - stoppedAt < 5_000);
    t.equal(bot.calls.length, 2, "whoever wants to be left alone is");
  });
}

t.test("max: what it says without a place is heard too", async (t) => {
  const bot = await startMax(t);
  bot.failNext(bot.resultOf({ updates: [UPDATES.max], marker: null }));
  const listener = listenTo(t, bot);
  listener.start();
  await waitFor(() => bot.isListenedTo());
  t.match(listener.heard, [{ text: "Привет" }]);
});

t.test("telegram: two that listen to the same bot are told, and the later one goes on", async (t) => {
  const telegram = await startTelegram(t);
  const listener = listenTo(t, telegram);
  listener.start();
  await waitFor(() => telegram.isListenedTo());
  const other = listenTo(t, telegram);
  other.start();
  await waitFor(() => listener.standings.length > 0);
  t.match(listener.standings[0], /^recipient: Conflict: terminated by other getUpdates request/);
  await other.stop();
  await waitFor(() => telegram.isListenedTo());
  telegram.say(ANNA.id, "Привет", ANNA);
  await waitFor(() => listener.heard.length === 1 && listener.standings.at(-1) === null);
});

t.test("pauses grow with each failure in a row, as far as they may", async (t) => {
  const telegram = await startTelegram(t);
  const askedAt: number[] = [];
  telegram.failAll((reply) => {
    askedAt.push(performance.now());
    reply.raw.writeHead(500).end();
  });
  listenTo(t, telegram, { pauses: { firstMs: 10, longestMs: 90 } }).start();
  // Without an end to their growth the last of them alone would take 80 s.
  await waitFor(() => askedAt.length === 14, { timeoutMs: 60_000 });
  for (const [index, pauseMs] of [20, 40, 80, 90, 90].entries()) {
    const waitedMs = (askedAt[index + 1] ?? 0) - (askedAt[index] ?? 0);
    t.ok(waitedMs >= pauseMs - 2, `${waitedMs} of ${pauseMs} ms`);
  }
});
