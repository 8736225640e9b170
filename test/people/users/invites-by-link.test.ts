import type { LightMyRequestResponse } from "fastify";
import t from "tap";
import { PROGRAM } from "../../../src/monitor/audit-log/record-event.ts";
import { changeSettings } from "../../../src/monitor/settings/change-settings.ts";
import { logLines } from "../../helpers/log-lines.ts";
import {
  openBrowser,
  PASSWORD,
  signedIn,
  signInStatus,
  startAdministered,
  type TestBrowser,
  textOf,
} from "../../helpers/page.ts";

const NEW = { password: "a new long one", repeated: "a new long one" };
const GONE = /Ссылка не действует/;

function tokenOf(html: string): string {
  return /\/invitations\/([\w-]{43})/.exec(html)?.[1] ?? "";
}

async function invite(admin: TestBrowser, login: string): Promise<string> {
  return tokenOf(await linkPage(admin, await admin.post("/users", { login, name: "Повар" })));
}

/** The page that a form leads to which has made a link. */
async function linkPage(admin: TestBrowser, { headers }: LightMyRequestResponse): Promise<string> {
  return await admin.html(String(headers.location));
}

t.test("a new user gets a link that is shown once and sets a password once", async (t) => {
  const log = logLines();
  const { monitor, admin, db } = await startAdministered(t, { logStream: log.stream });
  const created = await admin.post("/users", { login: " Cook ", name: "Повар" });
  t.equal(created.statusCode, 303);
  const url = String(created.headers.location);
  const told = await admin.get(url);
  t.equal(told.headers["cache-control"], "no-store");
  const token = tokenOf(told.body);
  t.match(told.body, `value="http://localhost:80/invitations/${token}"`);
  t.match(textOf(told.body), /Ссылка ведёт на http:\/\/localhost(:80)?: её откроют только на сервере/);
  const loadedAnew = await admin.get(url);
  t.notMatch(loadedAnew.body, token);
  t.match(loadedAnew.body, /Ссылка для пользователя Повар \(cook\) уже показана/);
  const page = await admin.get(url.replace("/invitations", ""));
  t.notMatch(page.body, token, "its page does not show the link again");
  t.match(page.body, /Приглашён/);
  t.match(page.body, /действует до 27\.11 13:00/);

  const cook = openBrowser(monitor.app);
  const form = await cook.get(`/invitations/${token}`);
  t.equal(form.statusCode, 200);
  t.match(form.body, /Здравствуйте, Повар!/);
  t.match(form.body, /value="cook"/);
  const short = await cook.post(`/invitations/${token}`, { password: "short", repeated: "short" });
  t.equal(short.statusCode, 422);
  t.match(short.body, /id="problem-password">Пароль слишком короткий/);

  const accepted = await cook.post(`/invitations/${token}`, NEW);
  t.equal(accepted.headers.location, "/pos-servers");
  t.equal((await cook.get("/account")).statusCode, 200, "they are signed in");
  const again = await openBrowser(monitor.app).post(`/invitations/${token}`, NEW);
  t.equal(again.statusCode, 404);
  t.match(again.body, GONE);
  t.match(await admin.html(url.replace("/invitations", "")), /Активен/);

  const stored = JSON.stringify([
    await db.selectFrom("auditEvent").selectAll().execute(),
    await db.selectFrom("invitation").selectAll().execute(),
  ]);
  t.notOk(stored.includes(token), "it is not stored");
  t.notOk(log.text().includes(token), "nor logged");
});

t.test("a link leads to the address that is set, whatever the request says of its host", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const pagesUrl = "https://pages.example/";
  await changeSettings(monitor.db, PROGRAM, { pagesUrl }, monitor.clock());
  const forged = { host: "attacker.example" };
  let url = "/users";
  for (const what of ["the first one", "another one, for a new password"]) {
    const made = await admin.post(url, { login: "cook", name: "Повар" }, forged);
    const page = await linkPage(admin, made);
    t.match(page, /value="https:\/\/pages\.example\/invitations\/[\w-]{43}"/, what);
    url = String(made.headers.location);
  }
});

t.test("of many passwords that are set by one link at once one counts", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const token = await invite(admin, "cook");
  const posts = Array.from({ length: 40 }, () => openBrowser(monitor.app).post(`/invitations/${token}`, NEW));
  const statuses = (await Promise.all(posts)).map(({ statusCode }) => statusCode);
  t.equal(statuses.filter((status) => status === 303).length, 1);
  t.equal(statuses.filter((status) => status === 429).length, 20);
});

t.test("expired, replaced and unknown links and those of blocked users look alike", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const created = await admin.post("/users", { login: "cook", name: "Повар" });
  const replaced = tokenOf(await linkPage(admin, created));
  const blocked = await invite(admin, "waiter");
  await db.updateTable("user").set({ isBlocked: 1 }).where("login", "=", "waiter").execute();
  const expired = tokenOf(await linkPage(admin, await admin.post(String(created.headers.location))));
  const bodies = new Set<string>();
  const look = async (token: string) => {
    const answer = await openBrowser(monitor.app).get(`/invitations/${token}`);
    t.equal(answer.statusCode, 404);
    bodies.add(answer.body.replace(/name="_csrf" value="[^"]*"/g, ""));
  };
  await look(replaced);
  await look(blocked);
  await look("x".repeat(43));
  t.equal((await openBrowser(monitor.app).get(`/invitations/${expired}`)).statusCode, 200);
  monitor.clock.advance(3 * 86_400_000);
  await look(expired);
  t.equal(bodies.size, 1);
});

t.test("a reset leaves the old password until the link is used; then all sessions end", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const cook = await signedIn(monitor, { login: "cook", organizations: "all" });
  const page = await linkPage(admin, await admin.post(`/users/${cook.userId}/invitations`));
  t.equal((await cook.get("/pos-servers")).statusCode, 200);
  t.equal(await signInStatus(monitor.app, "cook"), 303);

  const elsewhere = openBrowser(monitor.app);
  await elsewhere.post(`/invitations/${tokenOf(page)}`, NEW);
  t.equal((await cook.get("/pos-servers")).statusCode, 303, "the old session has ended");
  t.equal((await elsewhere.get("/pos-servers")).statusCode, 200);
  t.equal(await signInStatus(monitor.app, "cook"), 422);

  const ofAnother = await invite(admin, "waiter");
  t.equal((await admin.post(`/invitations/${ofAnother}`, NEW)).statusCode, 303);
  t.equal((await admin.get("/users")).statusCode, 404, "whoever opens another's link becomes that user");
  const sessions = monitor.db.selectFrom("session").innerJoin("user", "user.id", "session.userId");
  const left = await sessions.select("login").where("userId", "!=", cook.userId).execute();
  t.same(left, [{ login: "waiter" }], "and their own session ends");
});

type End = (cook: TestBrowser, admin: TestBrowser) => Promise<unknown>;

const ENDINGS: Record<string, End> = {
  "the user changes the password": (cook) => cook.post("/account/password", { current: PASSWORD, ...NEW }),
  "the user signs out elsewhere": (cook) => cook.post("/account/session-endings", { sessions: "others" }),
  "the user signs out everywhere": (cook) => cook.post("/account/session-endings", { sessions: "all" }),
  "an administrator ends the sessions": ({ userId }, admin) => admin.post(`/users/${userId}/session-endings`),
  "an administrator blocks the user and lets them in again": async ({ userId }, admin) => {
    await admin.post(`/users/${userId}/blocking`, { blocked: "yes" });
    await admin.post(`/users/${userId}/blocking`, { blocked: "no" });
  },
};

t.test("a link is gone when the password or the sessions of its user change otherwise", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  for (const [what, end] of Object.entries(ENDINGS)) {
    const cook = await signedIn(monitor);
    const token = tokenOf(await linkPage(admin, await admin.post(`/users/${cook.userId}/invitations`)));
    const look = async () => (await openBrowser(monitor.app).get(`/invitations/${token}`)).statusCode;
    t.equal(await look(), 200);
    await end(cook, admin);
    t.equal(await look(), 404, what);
    t.same(await db.selectFrom("invitation").selectAll().execute(), []);
  }
});

t.test("after 20 unknown links an address must wait, also with a good one", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const token = await invite(admin, "cook");
  for (let guess = 0; guess < 20; guess++) {
    t.equal((await openBrowser(monitor.app).get(`/invitations/guess-${guess}`)).statusCode, 404);
  }
  const answer = await openBrowser(monitor.app).get(`/invitations/${token}`);
  t.equal(answer.statusCode, 429);
  t.match(answer.body, /Подождите 15 минут/);
});
