import { gzipSync } from "node:zlib";
import t from "tap";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { getPage } from "../helpers/page.ts";

/** What a browser has after it loaded the page: the cookie and the hidden field. */
async function loadForm(monitor: TestMonitor) {
  const page = await monitor.app.inject("/a-page-that-is-not-there"); // every page has a form
  const cookie = page.cookies.find(({ name }) => name === "csrf");
  const token = page.body.match(/name="_csrf" value="([^"]+)"/)?.[1] ?? "";
  return { cookie, token };
}

function send(monitor: TestMonitor, fields: Record<string, string>, csrf?: string) {
  return monitor.app.inject({
    method: "POST",
    url: "/preferences",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams(fields).toString(),
    ...(csrf !== undefined && { cookies: { csrf } }),
  });
}

t.test("a form with its token sets the language and goes back", async (t) => {
  const monitor = await startMonitor(t);
  const { cookie, token } = await loadForm(monitor);
  t.match(cookie, { httpOnly: true, sameSite: "Lax", path: "/" });
  const fields = { _csrf: token, language: "en", returnTo: "/pos-servers?q=1" };
  const answer = await send(monitor, fields, cookie?.value);
  t.equal(answer.statusCode, 303);
  t.equal(answer.headers.location, "/pos-servers?q=1");
  const language = answer.cookies.find(({ name }) => name === "language");
  t.match(language, { value: "en", path: "/", sameSite: "Lax" });
  const page = await monitor.app.inject({ url: "/setup", cookies: { language: "en" } });
  t.match(page.body, '<html lang="en"');
});

t.test("all forms of a page have the token of the secret that the browser gets with it", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  const { body, cookies } = await getPage(monitor.app, `/pos-servers/${id}`);
  const tokens = [...body.matchAll(/name="_csrf" value="([^"]+)"/g)].map(([, token = ""]) => token);
  t.ok(tokens.length > 3);
  t.equal(new Set(tokens).size, 1);
  t.equal(cookies.filter(({ name }) => name === "csrf").length, 1);
});

t.test("the token is not taken from the address or as JSON", async (t) => {
  const monitor = await startMonitor(t);
  const { cookie, token } = await loadForm(monitor);
  const cookies = { csrf: cookie?.value ?? "" };
  const url = `/preferences?_csrf=${encodeURIComponent(token)}&language=en`;
  t.equal((await monitor.app.inject({ method: "POST", url, cookies })).statusCode, 403);
  const payload = { _csrf: [token], language: "en" };
  const asJson = await monitor.app.inject({ method: "POST", url: "/preferences", cookies, payload });
  t.equal(asJson.statusCode, 403);
  const got = await monitor.app.inject({ url });
  t.same([got.statusCode, got.headers.location], [303, "/"], "with GET it only leads to a page");
  t.notOk(got.cookies.some(({ name }) => name === "language"));
});

t.test("the cookie is Secure wherever the browser came by TLS, also to a proxy", async (t) => {
  const monitor = await startMonitor(t, { config: { trustProxy: ["127.0.0.1"] } });
  const csrfOf = async (headers: Record<string, string>, remoteAddress = "127.0.0.1") =>
    (await monitor.app.inject({ url: "/missing", headers, remoteAddress })).cookies.find(
      ({ name }) => name === "csrf",
    );
  const overTls = { "x-forwarded-proto": "https" };
  t.equal((await csrfOf(overTls))?.secure, true);
  t.notOk((await csrfOf({}))?.secure);
  t.notOk((await csrfOf(overTls, "10.0.0.1"))?.secure, "which only a proxy can know");
});

t.test("no compressed or huge form is read, and an unknown language changes nothing", async (t) => {
  const monitor = await startMonitor(t);
  const { cookie, token } = await loadForm(monitor);
  const form = new URLSearchParams({ _csrf: token, language: "en" }).toString();
  const answer = await monitor.app.inject({
    method: "POST",
    url: "/preferences",
    headers: { "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" },
    payload: gzipSync(form),
    cookies: { csrf: cookie?.value ?? "" },
  });
  t.equal(answer.statusCode, 403);
  t.notOk(answer.cookies.some(({ name }) => name === "language"));
  const huge = await send(monitor, { _csrf: token, language: "x".repeat(17_000) }, cookie?.value);
  t.equal(huge.statusCode, 413);
  const unknown = await send(monitor, { _csrf: token, language: "de" }, cookie?.value);
  t.equal(unknown.statusCode, 303);
  t.notOk(unknown.cookies.some(({ name }) => name === "language"));
});

const ELSEWHERE = [
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "\\\\evil.example",
  "javascript:alert(1)",
  "evil.example",
  "",
  "/pos-servers\r\nSet-Cookie: a=b",
  "/a b",
];

t.test("it leads nowhere else, and no path is a reason to fail", async (t) => {
  const monitor = await startMonitor(t);
  const { cookie, token } = await loadForm(monitor);
  for (const returnTo of ELSEWHERE) {
    const answer = await send(monitor, { _csrf: token, language: "en", returnTo }, cookie?.value);
    t.same([answer.statusCode, answer.headers.location], [303, "/pos-servers"], JSON.stringify(returnTo));
    t.notOk(answer.cookies.some(({ name }) => name === "a"));
  }
  for (const returnTo of ["/pos-servers?q=Ёлка", "/\u0000", "/\u007f", "/💥"]) {
    const answer = await send(monitor, { _csrf: token, returnTo }, cookie?.value);
    t.equal(answer.statusCode, 303);
    t.match(answer.headers.location, /^\/[\x21-\x7e]*$/);
  }
});
