import t, { type Test } from "tap";
import type { AuditAction } from "../../src/monitor/audit-log/actions.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { getText, openBrowser, startFor } from "../helpers/page.ts";

async function startRepeating(t: Test) {
  const { monitor, user } = await startFor(t, { login: "cook", organizations: "all" });
  const counts = async (action: AuditAction) =>
    (await recordedEvents(monitor.db, action)).map(({ userLogin, times }) => [userLogin, times]);
  return { monitor, user, counts };
}

async function repeat(times: number, act: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time++) await act();
}

t.test("a flood of refused sign-ins is a row for each login, and one beyond the limit", async (t) => {
  const { monitor, counts } = await startRepeating(t);
  const guesser = openBrowser(monitor.app);
  await repeat(12, () => guesser.post("/login", { login: "cook", password: "guess" }));
  let made = 0;
  await repeat(40, () => guesser.post("/login", { login: `made-up-${made++ % 4}`, password: "guess" }));
  t.same(await counts("sign_in"), [
    ["cook", 1], // who signed in
    ["cook", 10],
    ["cook", 2], // too many
    ["made-up-0", 5],
    ["made-up-1", 5],
    ["made-up-2", 5],
    ["made-up-3", 5],
    ["", 20], // too many
  ]);
  const details = (await recordedEvents(monitor.db, "sign_in")).map(({ detail }) => detail);
  const tooMany = [{ key: "tooManyAttempts", values: {} }];
  t.same(details, [null, null, tooMany, null, null, null, null, tooMany]);
});

t.test("the page says how often and when last; the next quarter counts anew", async (t) => {
  const { monitor, counts } = await startRepeating(t);
  const guesser = openBrowser(monitor.app);
  const guess = () => guesser.post("/login", { login: "waiter", password: "guess" });
  await repeat(3, guess);
  monitor.clock.advance(5 * MINUTE_MS);
  await guess();
  const russian = await getText(monitor.app, "/audit?action=sign_in");
  t.match(russian, /отказано.*4 раза, последний — 24\.11 13:05/);
  const english = await getText(monitor.app, "/audit?action=sign_in", { language: "en" });
  t.match(english, "4 times, last 24.11 13:05:00");

  monitor.clock.advance(15 * MINUTE_MS);
  await guess();
  t.same((await counts("sign_in")).slice(1).flat(), ["waiter", 4, "waiter", 1]);
});

t.test("other forms that can be sent over and over are one event too", async (t) => {
  const { monitor, user, counts } = await startRepeating(t);
  const id = await monitor.addPosServer({ address: null });
  for (const [action, url, fields] of [
    ["password_change", "/account/password", { current: "wrong" }],
    ["preferences_change", "/account/preferences", { language: "ru", timeZone: "" }],
    ["pos_server_poll", `/pos-servers/${id}/polls`, {}],
  ] as const) {
    await repeat(7, () => user.post(url, fields));
    t.same(await counts(action), [["cook", 7]], action);
  }
});

t.test("nothing of an event can be changed but that it happened once more", async (t) => {
  const { monitor } = await startRepeating(t);
  await repeat(2, () => openBrowser(monitor.app).post("/login", { login: "waiter", password: "guess" }));
  const { sqlite } = monitor.app.database;
  for (const change of [
    "times = times + 2 where times > 1",
    "times = 1 where times > 1",
    "times = times + 1, address = '' where times > 1",
    "user_login = 'x' where times > 1",
    "times = times + 1 where result = 'done'",
    "subject = 'changed' where result = 'done'",
  ])
    t.throws(() => sqlite.exec(`update audit_event set ${change}`), /append-only/, change);
});
