import t from "tap";
import { createSignInLimits } from "../../../src/monitor/people/sessions/sign-in-limits.ts";
import { startMonitor } from "../../helpers/app.ts";
import { openBrowser, PASSWORD, signedIn } from "../../helpers/sign-in.ts";

t.test("after 20 wrong guesses an address must wait, also with the right password", async (t) => {
  const monitor = await startMonitor(t);
  await signedIn(monitor, { login: "admin", isAdministrator: true });
  const guesser = openBrowser(monitor.app);
  for (let guess = 0; guess < 20; guess++) {
    t.equal((await guesser.post("/login", { login: `user${guess}`, password: "guess" })).statusCode, 422);
  }
  const answer = await guesser.post("/login", { login: "admin", password: PASSWORD });
  t.equal(answer.statusCode, 429);
  t.match(answer.body, /Подождите 15 минут/);
});

t.test("guesses at a login from elsewhere do not lock its user out", async (t) => {
  const limits = createSignInLimits();
  for (let guess = 0; guess < 10; guess++) {
    t.ok(await limits.isAllowed(`10.0.0.${guess}`, "admin", false));
    await limits.recordFailure(`10.0.0.${guess}`, "admin");
  }
  t.notOk(await limits.isAllowed("10.0.0.99", "admin", false), "an unknown address must wait");
  t.ok(await limits.isAllowed("192.168.1.5", "admin", true), "the user's own address need not");
  t.ok(await limits.isAllowed("10.0.0.99", "other", false), "other logins are not concerned");
});

t.test("every attempt is in the audit log, without its password", async (t) => {
  const monitor = await startMonitor(t);
  await signedIn(monitor, { login: "admin", isAdministrator: true });
  await openBrowser(monitor.app).post("/login", { login: "nobody", password: "a-secret-guess" });
  const events = await monitor.app.database.db
    .selectFrom("audit_event")
    .select(["user_login", "action", "result", "address"])
    .execute();
  t.same(events, [
    { user_login: "admin", action: "sign_in", result: "done", address: "127.0.0.1" },
    { user_login: "nobody", action: "sign_in", result: "refused", address: "127.0.0.1" },
  ]);
  const everything = JSON.stringify(
    await monitor.app.database.db.selectFrom("audit_event").selectAll().execute(),
  );
  t.notOk(everything.includes("a-secret-guess"));
});

t.test("an unknown login takes about as long as a wrong password", async (t) => {
  const monitor = await startMonitor(t);
  await signedIn(monitor, { login: "admin", isAdministrator: true });
  const median = async (login: string) => {
    const times: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      const browser = openBrowser(monitor.app);
      const began = process.hrtime.bigint();
      await browser.post("/login", { login, password: "wrong password" });
      times.push(Number(process.hrtime.bigint() - began));
    }
    return times.sort((a, b) => a - b)[1] ?? 0;
  };
  await median("warm-up");
  const ratio = (await median("admin")) / (await median("nobody"));
  t.ok(
    ratio > 0.3 && ratio < 3,
    `the ratio is ${ratio.toFixed(2)}; without a hash for nobody it is above 10`,
  );
});
