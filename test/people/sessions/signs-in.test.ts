import t from "tap";
import { HOUR_MS } from "../../../src/protocol/time-units.ts";
import { startMonitor } from "../../helpers/app.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { openBrowser, PASSWORD, signedIn, startAdministered, startFor } from "../../helpers/page.ts";

const ADMIN = { login: "admin", isAdministrator: true };

t.test("a page asked for before the sign-in is reached after it, and never another site", async (t) => {
  const { monitor } = await startFor(t, ADMIN);
  const browser = openBrowser(monitor.app);
  const returnTo = "/pos-servers?state=sync_error";
  const refused = await browser.get(returnTo);
  t.equal(refused.statusCode, 303);
  const login = String(refused.headers.location);
  t.equal(login, "/login?returnTo=%2Fpos-servers%3Fstate%3Dsync_error");
  t.match(await browser.html(login), /name="returnTo" value="\/pos-servers\?state=sync_error"/);
  const wrong = await browser.post("/login", { login: "admin", password: "wrong", returnTo });
  const another = `name="returnTo" value="${login}"`;
  t.match(wrong.body, another, "in another language it leads there too");
  const answer = await browser.post("/login", { login: " ADMIN ", password: PASSWORD, returnTo });
  t.equal(answer.statusCode, 303);
  t.equal(answer.headers.location, returnTo);
  t.equal((await browser.get(returnTo)).statusCode, 200);

  const sites = ["//evil.example", "/\\evil.example", "https://evil.example"];
  for (const returnTo of [...sites, "javascript:alert(1)", "/a\nb"]) {
    const fields = { login: "admin", password: PASSWORD, returnTo };
    const { headers } = await openBrowser(monitor.app).post("/login", fields);
    t.equal(headers.location, "/pos-servers", returnTo);
  }
});

t.test("whoever asked for a part of a page comes back to that page, not to the part", async (t) => {
  const monitor = await startMonitor(t);
  const part = { "hx-request": "true", "hx-request-type": "partial" };
  const url = "/pos-servers?page=2";
  for (const [current, returnTo] of [
    ["https://poswatch.example/pos-servers?state=sync_error", "/pos-servers?state=sync_error"],
    ["https://elsewhere.example//evil.example/x", "//evil.example/x"],
    ["nonsense", url],
  ] as const) {
    const headers = { ...part, "hx-current-url": current };
    const answer = await monitor.app.inject({ url, headers });
    t.equal(answer.statusCode, 401);
    t.equal(answer.headers["hx-redirect"], `/login?returnTo=${encodeURIComponent(returnTo)}`);
  }
  await signedIn(monitor, { isAdministrator: true }); // without one, the sign-in leads to the setup
  const login = await openBrowser(monitor.app).html("/login?returnTo=%2F%2Fevil.example%2Fx");
  t.match(login, /name="returnTo" value="\/pos-servers"/, "and never anywhere else");
});

t.test("a wrong password and an unknown login look alike and keep the typed login", async (t) => {
  const { monitor } = await startFor(t, ADMIN);
  const browser = openBrowser(monitor.app);
  for (const login of ["admin", "nobody"]) {
    const answer = await browser.post("/login", { login, password: "wrong password" });
    t.equal(answer.statusCode, 422);
    t.notMatch(answer.body, "aria-invalid", "which of both is wrong is not told");
    t.match(answer.body, /Неверный логин или пароль/);
    t.match(answer.body, /id="password"[^>]* autofocus/, "where it is typed again");
    t.notMatch(answer.body, /id="login"[^>]* autofocus/);
    t.match(answer.body, new RegExp(`name="login" type="text" value="${login}"`));
    t.notOk(answer.cookies.some(({ name }) => name === "session"));
  }

  await browser.post("/login", { login: "no\u202ebody\u0000", password: "wrong password" });
  const events = await recordedEvents(monitor.db);
  const attempt = { action: "sign_in", result: "refused", address: "127.0.0.1" };
  t.match(events, [
    { ...attempt, userLogin: "admin", result: "done" },
    ...["admin", "nobody", "no⟨U+202E⟩body␀"].map((userLogin) => ({ ...attempt, userLogin })),
  ]);
  t.equal(events.length, 4);
  t.notMatch(JSON.stringify(events), "wrong password", "the log has every attempt, but no password");
});

t.test(
  "a session gets a new id and a safe cookie at sign-in, and ends on the server at sign-out",
  async (t) => {
    const { monitor, user: admin, db } = await startFor(t, ADMIN, { config: { trustProxy: ["127.0.0.1"] } });
    const before = await db.selectFrom("session").selectAll().executeTakeFirstOrThrow();
    const fields = { login: "admin", password: PASSWORD };
    const answer = await admin.post("/login", fields, { "x-forwarded-proto": "https" });
    const cookie = answer.cookies.find(({ name }) => name === "session");
    t.match(cookie, { httpOnly: true, sameSite: "Lax", secure: true, path: "/" });
    const sessions = await db.selectFrom("session").selectAll().execute();
    t.equal(sessions.length, 1, "the session before it has ended");
    t.notSame(sessions[0]?.tokenHash, before.tokenHash);
    t.notOk(JSON.stringify(sessions).includes(cookie?.value ?? "?"), "it is stored as a hash");

    const cookies = { session: "chosen-by-an-attacker" };
    t.equal((await monitor.app.inject({ url: "/pos-servers", cookies })).statusCode, 303);

    t.equal((await admin.post("/logout")).headers.location, "/login");
    t.same(await db.selectFrom("session").selectAll().execute(), []);
    t.equal((await admin.get("/pos-servers")).statusCode, 303);
    t.notMatch(await admin.html("/login"), /Сеанс закончился/, "who signs out is not told so");
  },
);

t.test("a session ends after 12 idle hours, which is said, and after 7 days in any case", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  for (let time = 0; time < 3; time++) {
    t.equal((await admin.get("/account")).statusCode, 200, "being used keeps it");
    monitor.clock.advance(11 * HOUR_MS);
  }
  monitor.clock.advance(HOUR_MS);
  t.equal((await admin.get("/audit")).headers.location, "/login?returnTo=%2Faudit");
  t.match(await admin.html("/login?returnTo=%2Faudit"), /Сеанс закончился\. Войдите ещё раз/);
  const sent = await admin.post("/pos-servers/1/parking", { parked: "1" });
  t.equal(sent.headers.location, "/login?returnTo=%2Fpos-servers%2F1%2Fparking&unsent=1");
  const login = await admin.html(String(sent.headers.location));
  t.match(login, /Сеанс закончился, поэтому отправленное не сохранено/);
  t.match(login, /name="returnTo" value="\/pos-servers\/1\/parking"/);
  t.notMatch(await openBrowser(monitor.app).html("/login"), /Сеанс закончился/, "a new browser had none");

  const busy = await signedIn(monitor, { isAdministrator: true });
  for (let hours = 0; hours < 7 * 24 - 11; hours += 11) {
    t.equal((await busy.get("/account")).statusCode, 200);
    monitor.clock.advance(11 * HOUR_MS);
  }
  monitor.clock.advance(11 * HOUR_MS);
  t.equal((await busy.get("/account")).statusCode, 303, "7 days end it");
});

t.test("an automatic refresh does not extend a session, and leads to the sign-in", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const refresh = { "hx-request": "true", "hx-request-type": "partial", "hx-ptag": "x" };
  for (let time = 0; time < 2; time++) {
    monitor.clock.advance(5.9 * HOUR_MS);
    t.equal((await admin.get("/pos-servers", refresh)).statusCode, 200);
  }
  monitor.clock.advance(HOUR_MS);
  const answer = await admin.get("/pos-servers", refresh);
  t.equal(answer.statusCode, 401);
  t.equal(answer.headers["hx-redirect"], "/login");
  t.equal(answer.body, "");
});
