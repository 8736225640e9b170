import t from "tap";
import { hashPassword } from "../../../src/monitor/access/passwords.ts";
import { addUser } from "../../../src/monitor/access/users.ts";
import { createSignInLimit } from "../../../src/monitor/people/sessions/sign-in.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import { openBrowser, PASSWORD, startAdministered, startFor } from "../../helpers/page.ts";

/** Adds an administrator who has not signed in from anywhere yet. */
async function addAdministrator({ db, clock }: TestMonitor): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD);
  await addUser(db, { login: "admin", name: "Анна", isAdministrator: true, passwordHash }, clock());
}

/** Sends the sign-in forms of many addresses before any of them is answered. */
async function guessAtOnce(
  { app }: TestMonitor,
  guesses: readonly { login?: string; password: string; remoteAddress: string }[],
) {
  const form = await app.inject("/login");
  const csrf = form.cookies.find(({ name }) => name === "csrf")?.value ?? "";
  const token = /name="_csrf" value="([^"]+)"/.exec(form.body)?.[1] ?? "";
  return await Promise.all(
    guesses.map(({ login = "admin", password, remoteAddress }) =>
      app.inject({
        method: "POST",
        url: "/login",
        remoteAddress,
        cookies: { csrf },
        headers: { "content-type": "application/x-www-form-urlencoded" },
        payload: new URLSearchParams({ _csrf: token, login, password }).toString(),
      }),
    ),
  );
}

t.test("after 20 wrong guesses an address must wait, but for whom has signed in there before", async (t) => {
  const { monitor } = await startFor(t, { login: "cook" });
  await addAdministrator(monitor);
  const guesser = openBrowser(monitor.app);
  const tryAs = async (login: string, password: string) =>
    (await guesser.post("/login", { login, password })).statusCode;
  for (let guess = 0; guess < 20; guess++) t.equal(await tryAs(`user${guess}`, "guess"), 422);
  const refused = await guesser.post("/login", { login: "admin", password: PASSWORD });
  t.equal(refused.statusCode, 429, "also with the right password");
  t.match(refused.body, /Подождите 15 минут/);
  t.equal(await tryAs("cook", PASSWORD), 303);

  for (let guess = 0; guess < 10; guess++) t.equal(await tryAs("cook", "guess"), 422);
  t.equal(await tryAs("cook", PASSWORD), 429, "but not even there a password can be guessed for ever");
});

t.test("guesses at a login from elsewhere do not lock its user out", async (t) => {
  const takeGuess = createSignInLimit();
  for (let guess = 0; guess < 10; guess++) t.ok(await takeGuess(`10.0.0.${guess}`, "admin", false));
  t.notOk(await takeGuess("10.0.0.99", "admin", false), "an unknown address must wait");
  t.ok(await takeGuess("192.168.1.5", "admin", true), "the user's own address need not");
  t.ok(await takeGuess("10.0.0.99", "other", false), "other logins are not concerned");
});

t.test("of many guesses at once no more are checked than of as many one after another", async (t) => {
  const { monitor } = await startFor(t, { login: "admin", isAdministrator: true });
  for (let time = 0; time < 25; time++) {
    const remoteAddress = `10.0.0.${time}`;
    const [answer] = await guessAtOnce(monitor, [{ remoteAddress, password: PASSWORD }]);
    t.equal(answer?.statusCode, 303, "sign-ins that succeed never count");
  }
  const guesses = Array.from({ length: 600 }, (_, guess) => ({
    remoteAddress: `10.1.${guess % 100}.1`,
    password: guess === 60 ? PASSWORD : `guess ${guess}`,
  }));
  const answers = await guessAtOnce(monitor, guesses);
  const count = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length;
  t.equal(count(422), 10, "of one login");
  t.equal(count(429), 590);
});

t.test("more passwords at once than can be checked soon are refused for a while", async (t) => {
  const { monitor } = await startAdministered(t);
  const guesses = Array.from({ length: 100 }, (_, guess) => ({
    remoteAddress: `10.0.${guess}.1`,
    login: `user${guess}`,
    password: "guess",
  }));
  const answers = await guessAtOnce(monitor, guesses);
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  t.ok(refused.length > 0 && refused.length <= 78, `22 of 100 have their place, not ${refused.length}`);
  t.equal(answers.filter(({ statusCode }) => statusCode === 422).length, 100 - refused.length);
  for (const { headers, body } of refused) {
    t.match(headers, { "retry-after": "5" });
    t.match(body, "Сейчас проверяется слишком много паролей");
  }
  t.equal((await guessAtOnce(monitor, guesses.slice(0, 1)))[0]?.statusCode, 422, "soon there is room again");
});

t.test("an unknown login takes about as long as a wrong password", async (t) => {
  const monitor = await startMonitor(t);
  await addAdministrator(monitor);
  // Of the processor, by turns: how much else runs on the machine counts for neither.
  const least: Record<string, number> = {};
  for (const login of ["warm-up", ..."admin nobody ".repeat(4).trim().split(" ")]) {
    const browser = openBrowser(monitor.app);
    const began = process.cpuUsage();
    await browser.post("/login", { login, password: "wrong password" });
    const { user, system } = process.cpuUsage(began);
    least[login] = Math.min(least[login] ?? Number.POSITIVE_INFINITY, user + system);
  }
  const ratio = (least.admin ?? 0) / (least.nobody ?? 0);
  const isAlike = ratio > 0.2 && ratio < 5;
  t.ok(isAlike, `the ratio is ${ratio.toFixed(2)}; without a hash for nobody it is above 10`);
});
