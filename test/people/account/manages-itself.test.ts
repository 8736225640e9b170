import t from "tap";
import { describeBrowser } from "../../../src/monitor/people/account/account-model.ts";
import { isTimeZone, listTimeZones } from "../../../src/monitor/viewer/time-zones.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { START } from "../../helpers/clock.ts";
import {
  openBrowser,
  PASSWORD,
  signedIn,
  signInStatus,
  startFor,
  type TestBrowser,
} from "../../helpers/page.ts";
import { changeRows } from "../../helpers/rows.ts";

const NEW = { password: "a new long one", repeated: "a new long one" };

const changePassword = (user: TestBrowser, fields: Record<string, string> = {}) =>
  user.post("/account/password", { current: PASSWORD, ...NEW, ...fields });

t.test("a password is changed with the current one; other sessions end", async (t) => {
  const { monitor, user } = await startFor(t, { login: "cook" });
  const other = openBrowser(monitor.app);
  await other.post("/login", { login: "cook", password: PASSWORD });

  const wrong = await changePassword(user, { current: "wrong" });
  t.equal(wrong.statusCode, 422);
  t.match(wrong.body, /id="problem-current">Неверный текущий пароль/);
  const all = await changePassword(user, { current: "wrong", password: "short", repeated: "other" });
  for (const field of ["current", "password", "repeated"]) t.match(all.body, `id="problem-${field}"`);
  const differs = await changePassword(user, { repeated: "another" });
  t.equal(differs.statusCode, 422);
  t.match(differs.body, /id="problem-repeated">Пароли не совпадают/);
  t.notMatch(differs.body, /a new long one/);
  t.equal((await other.get("/account")).statusCode, 200, "nothing has changed");

  const answer = await changePassword(user);
  t.equal(answer.headers.location, "/account?notice=passwordChanged");
  t.match(await user.html("/account?notice=passwordChanged"), /Пароль изменён/);
  t.equal((await other.get("/account")).statusCode, 303);
  t.equal(await signInStatus(monitor.app, "cook"), 422);
  t.equal(await signInStatus(monitor.app, "cook", NEW.password), 303);
});

t.test("of many current passwords that are guessed at once no more than 10 are checked", async (t) => {
  const { user } = await startFor(t, {});
  await user.get("/account");
  const guesses = Array.from({ length: 30 }, () => changePassword(user, { current: "wrong" }));
  const statuses = (await Promise.all(guesses)).map(({ statusCode }) => statusCode);
  t.equal(statuses.filter((status) => status === 422).length, 10);
  t.equal(statuses.filter((status) => status === 429).length, 20);
  const answer = await changePassword(user);
  t.equal(answer.statusCode, 429, "the session must wait, also with the right one");
  t.match(answer.body, /Подождите 15 минут/);
});

t.test("language and time zone are kept for the user", async (t) => {
  const { user, db } = await startFor(t, { login: "cook" });
  const answer = await user.post("/account/preferences", { language: "en", timeZone: "Asia/Omsk" });
  t.equal(answer.statusCode, 303);
  const page = await user.get("/account");
  t.match(page.body, /<html lang="en" data-time-zone="Asia\/Omsk" data-time-zone-chosen/);
  t.match(page.body, /value="Asia\/Omsk" selected/);
  t.match(page.body, /<time datetime="2026-11-24T10:00:00.000Z">24\.11 16:00/);

  for (const [field, value] of Object.entries({ language: "xx", timeZone: "Mars/Olympus" })) {
    const fields = { language: "ru", timeZone: "", [field]: value };
    const refused = await user.post("/account/preferences", fields);
    t.equal(refused.statusCode, 422);
    t.match(refused.body, `class="problem" id="problem-${field}"`);
  }
  await user.post("/account/preferences", { language: "ru", timeZone: "" });
  t.match(await user.html("/account"), /data-time-zone="Europe\/Moscow">/, "as the browser says");
  t.match(await recordedEvents(db, "preferences_change"), [
    { detail: [{ key: "preferences", values: { language: "en", timeZone: "Asia/Omsk" } }] },
    { detail: [{ key: "preferences", values: { language: "ru", timeZone: null } }] },
  ]);
});

t.test("own sessions are listed, and ended here or on all other devices", async (t) => {
  const { monitor, user } = await startFor(t, { login: "cook" });
  await signedIn(monitor, { login: "somebody" });
  const others = [openBrowser(monitor.app), openBrowser(monitor.app)];
  for (const other of others) await other.post("/login", { login: "cook", password: PASSWORD });
  const { db } = monitor;
  const browser = "Mozilla/5.0 (Windows NT 10.0) Firefox/133.0";
  await changeRows(db, "session", { browser, address: "10.1.2.3" }, { id: 3 });
  const list = await user.html("/account");
  t.equal(list.match(/<time datetime/g)?.length, 3, "nobody else's");
  t.equal(list.match(/этот сеанс/g)?.length, 1);
  for (const shown of [/Firefox, Windows/, /10\.1\.2\.3/]) t.match(list, shown);

  await user.post("/account/session-endings", { sessions: "others" });
  t.equal((await user.get("/account")).statusCode, 200);
  for (const other of others) t.equal((await other.get("/account")).statusCode, 303);
  const answer = await user.post("/account/session-endings", { sessions: "all" });
  t.equal(answer.headers.location, "/login");
  const left = db.selectFrom("session").innerJoin("user", "user.id", "userId").select("login");
  t.same(await left.execute(), [{ login: "somebody" }]);
});

t.test("browsers are named in words", async (t) => {
  for (const [words, userAgent] of Object.entries({
    "Edge on Windows":
      "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0",
    "Yandex Browser on Windows": "(Windows NT 10.0) Chrome/130.0 YaBrowser/24.12 Safari/537.36",
    "Chrome on Android": "(Linux; Android 10; K) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36",
    "Safari on iPhone": "(iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1",
    "Firefox on Linux": "(X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
  })) {
    const { name, system } = describeBrowser(`Mozilla/5.0 ${userAgent}`);
    t.equal(`${name} on ${system}`, words);
  }
  t.same(describeBrowser("curl/8"), { name: null, system: null });
});

t.test("time zones are listed from west to east with their offset", async (t) => {
  const zones = listTimeZones("ru", START);
  const at = (id: string) => zones.findIndex((zone) => zone.id === id);
  t.ok(at("America/New_York") < at("UTC") && at("UTC") < at("Europe/Moscow"));
  t.ok(at("Europe/Moscow") < at("Asia/Yekaterinburg"));
  t.equal(zones[at("Asia/Yekaterinburg")]?.label, "UTC+05:00 Екатеринбург (Asia/Yekaterinburg)");
  t.ok(zones.every(({ id }) => isTimeZone(id)));
  t.notOk(isTimeZone("Mars/Olympus"));
});
