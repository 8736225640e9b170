import t from "tap";
import { answerWith, closeConnection, hang } from "../../helpers/bot-faults.ts";
import { listenToMax } from "../../helpers/bot-listener.ts";
import { ANNA, refuseWith, resultOf, startMax } from "../../helpers/max.ts";
import { findFreePort } from "../../helpers/program.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const UPDATE = {
  update_type: "message_created",
  timestamp: Date.now(),
  message: {
    recipient: { chat_id: 182000501, chat_type: "dialog" },
    body: { mid: "mid.1", seq: 1, text: "Привет" },
    sender: { user_id: 501, first_name: "Анна" },
  },
};

t.test("every failure is told when it begins, and that it is over", async (t) => {
  const max = await startMax(t);
  const failures = [
    answerWith(500, "<html>oops</html>"),
    answerWith(500, "<html>oops</html>"),
    closeConnection,
    answerWith(200, "nonsense"),
    resultOf({ updates: "none", marker: 5 }),
    refuseWith(401, "verify.token", "Invalid access_token"),
    hang,
  ];
  for (const behaviour of failures) max.failNext(behaviour);
  const listener = listenToMax(t, max, { waitMs: 1_000, limits: { callTimeoutMs: 2_000 } });
  max.say("Привет", ANNA);
  listener.start();
  await waitFor(() => listener.heard.length === 1 && max.unacknowledged() === 0);
  t.match(listener.standings, [
    "server_error: HTTP 500",
    /^server_error: .*closed/,
    "invalid_answer: HTTP 200, and no answer of a Bot API",
    "invalid_answer: these are no updates",
    "unauthorized: verify.token: Invalid access_token",
    /^response_timeout: no answer within \d000 ms/,
    null,
  ]);
  t.equal(listener.standings.length, 7);
});

t.test("one that cannot be read does not keep back the others", async (t) => {
  const max = await startMax(t);
  const strange = [null, 5, {}, { update_type: "message_created", timestamp: "now" }];
  max.failNext(resultOf({ updates: [...strange, UPDATE], marker: 7 }));
  const listener = listenToMax(t, max);
  listener.start();
  await waitFor(() => max.isListenedTo());
  t.match(listener.heard, [{ kind: "text", text: "Привет" }]);
  t.match(max.calls.at(-1)?.query, { marker: "7", types: "bot_started,message_created,message_callback" });
});

t.test("it goes on when MAX was away", async (t) => {
  const port = await findFreePort();
  const first = await startMax(t, port);
  const listener = listenToMax(t, first);
  listener.start();
  first.say("раз", ANNA);
  await waitFor(() => listener.heard.length === 1 && first.isListenedTo());
  await first.close();
  await waitFor(() => listener.standings.at(-1)?.startsWith("connect_refused: ") === true);
  const second = await startMax(t, port);
  await waitFor(() => listener.standings.at(-1) === null && second.isListenedTo());
  second.say("два", ANNA);
  second.say("три", ANNA);
  await waitFor(() => listener.heard.some((update) => update.kind === "text" && update.text === "три"));
});

t.test(
  "a server that repeats itself, or never waits, is heard once and not asked all the time",
  async (t) => {
    const max = await startMax(t);
    max.failAll(resultOf({ updates: [UPDATE], marker: 6 }));
    const listener = listenToMax(t, max, { pauses: { firstMs: 50, longestMs: 50 }, random: () => 0 });
    const startedAt = performance.now();
    listener.start();
    await waitFor(() => max.calls.length >= 5);
    max.failAll(resultOf({ updates: [], marker: null }));
    await waitFor(() => max.calls.length >= 8);
    t.ok(performance.now() - startedAt >= 5 * 50, "it pauses");
    t.equal(listener.heard.length, 1);
    t.match(max.calls.at(-1)?.query, { marker: "6" }, "it keeps its place when it is told none");
  },
);

t.test("it stops at once while it pauses, or while nobody answers", async (t) => {
  const max = await startMax(t);
  max.failNext(refuseWith(429, "too.many.requests", "Too many requests", { "retry-after": "3600" }));
  const pausing = listenToMax(t, max);
  pausing.start();
  await waitFor(() => pausing.standings.length > 0);
  max.failNext(hang);
  const hanging = listenToMax(t, max);
  hanging.start();
  await waitFor(() => max.calls.length === 2);
  const stoppedAt = performance.now();
  await Promise.all([pausing.stop(), hanging.stop()]);
  t.ok(performance.now() - stoppedAt < 5_000);
  t.equal(max.calls.length, 2, "whoever wants to be left alone is");
});
