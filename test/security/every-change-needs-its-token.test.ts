import formbody from "@fastify/formbody";
import { fastify } from "fastify";
import t from "tap";
import { readConfig } from "../../src/monitor/config.ts";
import { beginSession } from "../../src/monitor/people/sessions/sessions.ts";
import security from "../../src/monitor/plugins/security.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { signedIn } from "../helpers/page.ts";
import { addOneOfEach, registeredRoutes } from "../helpers/routes.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const REFUSED = "Обновите страницу и попробуйте ещё раз.";

/** Agents and programs have secrets of their own, and no cookies. */
const OF_AGENTS = ["POST /agent/enrolments"];

function changingRoutes(monitor: TestMonitor): string[] {
  const routes = registeredRoutes(monitor);
  for (const route of OF_AGENTS) if (!routes.includes(route)) throw new Error(`${route} is gone`);
  return routes.filter((route) => !/^GET |^POST \/api\//.test(route) && !OF_AGENTS.includes(route));
}

/** Whoever has no secret of its own is given one. */
const isChange = ({ name }: { name: string }) => name !== "csrf";

/** The cookies of a browser in which somebody has signed in, and the token of its forms. */
async function openForms({ app, clock }: TestMonitor, userId: number) {
  const session = await beginSession(app.database.db, userId, { address: "127.0.0.1", browser: "" }, clock());
  const page = await app.inject({ url: "/account", cookies: { session } });
  const csrf = page.cookies.find(({ name }) => name === "csrf")?.value ?? "";
  const token = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
  return { cookies: { session, csrf }, token };
}

t.test("no route changes anything without the token of its own browser", async (t) => {
  const monitor = await startMonitor(t);
  const { app } = monitor;
  const { requestOf } = await addOneOfEach(monitor);
  const { userId } = await signedIn(monitor, { isAdministrator: true });
  const own = await openForms(monitor, userId);
  const others = await openForms(monitor, userId);
  const { session, csrf } = own.cookies;
  const forged: Record<string, { token?: string; cookies: Record<string, string> }> = {
    "with nothing but a session": { cookies: { session } },
    "without the cookie": { token: own.token, cookies: { session } },
    "without a token": { cookies: { session, csrf } },
    "with an empty token": { token: "", cookies: { session, csrf } },
    "with a wrong token": { token: `${own.token}x`, cookies: { session, csrf } },
    "with the token of another session": { token: others.token, cookies: { session, csrf } },
    "with token and cookie of another session": {
      token: others.token,
      cookies: { session, csrf: others.cookies.csrf },
    },
    "with token and cookie, but no session": { token: own.token, cookies: { csrf } },
  };
  const routes = changingRoutes(monitor);
  t.ok(routes.includes("POST /pos-servers/:id/database-resets"));
  const before = app.database.revision();
  const notRefused: string[] = [];
  for (const route of routes) {
    for (const [how, { token, cookies }] of Object.entries(forged)) {
      const payload = new URLSearchParams(token === undefined ? {} : { _csrf: token }).toString();
      const answer = await app.inject({ ...requestOf(route), cookies, headers: FORM, payload });
      const { statusCode, body, headers } = answer;
      const isLedToLogin = !("session" in cookies) && String(headers.location).startsWith("/login?");
      const isTold = statusCode === 403 && body.includes(REFUSED);
      const isRefused = (isTold || isLedToLogin) && !answer.cookies.some(isChange);
      if (!isRefused) notRefused.push(`${route} ${how}: ${statusCode}`);
    }
  }
  t.same(notRefused, []);
  t.equal(app.database.revision(), before, "nothing was saved");
});

t.test("every route takes the token of its own browser", async (t) => {
  const monitor = await startMonitor(t);
  const { requestOf } = await addOneOfEach(monitor);
  const { userId } = await signedIn(monitor, { isAdministrator: true });
  const refused: string[] = [];
  for (const route of changingRoutes(monitor)) {
    const { cookies, token } = await openForms(monitor, userId);
    const payload = new URLSearchParams({ _csrf: token }).toString();
    const { statusCode } = await monitor.app.inject({ ...requestOf(route), cookies, headers: FORM, payload });
    if (statusCode === 403 || statusCode >= 500) refused.push(`${route}: ${statusCode}`);
  }
  t.same(refused, []);
});

t.test("a route is protected unless it says by name that it is not", async (t) => {
  const app = fastify();
  t.teardown(() => app.close());
  await app.register(formbody);
  app.decorate("config", readConfig({}));
  await app.register(security);
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"])
    app.route({ method, url: "/thing", handler: async () => "done" });
  app.post("/machine", { config: { csrf: false } }, async () => "done");
  const status = async (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", url = "/thing") =>
    (await app.inject({ method, url })).statusCode;
  t.equal(await status("GET"), 200);
  for (const method of ["POST", "PUT", "PATCH", "DELETE"] as const)
    t.equal(await status(method), 403, method);
  t.equal(await status("POST", "/machine"), 200);
});
