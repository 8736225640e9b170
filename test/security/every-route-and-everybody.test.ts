import t from "tap";
import { beginSession } from "../../src/monitor/people/sessions/sessions.ts";
import { startMonitor } from "../helpers/app.ts";
import { openBrowser, signedIn, UNMADE } from "../helpers/page.ts";
import { addOneOfEach, registeredRoutes } from "../helpers/routes.ts";

/**
 * Who reaches a route: anybody; whoever has signed in; whoever has the right for some organization; for the organization
 * of this POS server; system administrators, also where others have such a thing of their own (`ofAll`); programs with a token. A new route has to
 * be added here.
 */
type Reach = "public" | "user" | "someRight" | "rightHere" | "ofAll" | "administrator" | "token";

const ROUTES: Record<string, Reach> = {
  "GET /": "public",
  "GET /healthz": "public",
  "GET /readyz": "public",
  "GET /agent/connect": "public",
  "GET /agent/windows.zip": "public",
  "POST /agent/enrolments": "public",
  "GET /setup": "public",
  "POST /setup": "public",
  "GET /login": "public",
  "POST /login": "public",
  "POST /preferences": "public",
  "GET /invitations/:token": "public",
  "POST /invitations/:token": "public",
  "POST /logout": "user",
  "GET /account": "user",
  "POST /account/password": "user",
  "POST /account/preferences": "user",
  "POST /account/session-endings": "user",
  "GET /audit": "user",
  "GET /help": "user",
  "GET /about": "administrator",
  "GET /support/new": "administrator",
  "POST /support": "administrator",
  "GET /support/:id": "administrator",
  "GET /support/:id/archive": "administrator",
  "GET /audit.xlsx": "user",
  "GET /pos-servers": "someRight",
  "GET /pos-servers.xlsx": "someRight",
  "GET /pos-servers/icon.svg": "someRight",
  "GET /pos-servers/organizations": "someRight",
  "POST /pos-servers/polls": "someRight",
  "GET /saved-views": "someRight",
  "POST /saved-views": "someRight",
  "POST /saved-views/:id/deletion": "someRight",
  "GET /reports": "someRight",
  "GET /reports/availability": "someRight",
  "GET /reports/availability.xlsx": "someRight",
  "POST /reports/availability/subscriptions": "someRight",
  "POST /reports/availability/subscriptions/end": "someRight",
  "GET /incidents": "someRight",
  "GET /incidents/:id": "rightHere",
  "GET /incidents/:id/takings/new": "rightHere",
  "POST /incidents/:id/takings": "rightHere",
  "POST /incidents/:id/takings/end": "rightHere",
  "GET /pos-servers/:id": "rightHere",
  "GET /pos-servers/:id/menu": "rightHere",
  "POST /pos-servers/:id/polls": "rightHere",
  "GET /pos-servers/:id/parking/new": "rightHere",
  "POST /pos-servers/:id/parking": "rightHere",
  "GET /pos-servers/:id/takings/new": "rightHere",
  "POST /pos-servers/:id/takings": "rightHere",
  "POST /pos-servers/:id/takings/end": "rightHere",
  "GET /pos-servers/:id/restaurant-note/new": "rightHere",
  "POST /pos-servers/:id/restaurant-note": "rightHere",
  "GET /pos-servers/:id/tags/new": "rightHere",
  "POST /pos-servers/:id/tags": "rightHere",
  "GET /pos-servers/:id/opening-hours/new": "rightHere",
  "POST /pos-servers/:id/opening-hours": "rightHere",
  "GET /pos-servers/:id/log-requests/new": "rightHere",
  "POST /pos-servers/:id/log-requests": "rightHere",
  "GET /log-requests/:id": "rightHere",
  "POST /log-requests/:id/cancellation": "rightHere",
  "GET /log-requests/:id/archives.zip": "rightHere",
  "GET /log-archives/:id": "rightHere",
  "GET /pos-servers/:id/database-resets/new": "rightHere",
  "POST /pos-servers/:id/database-resets": "rightHere",
  "GET /database-resets/:id": "rightHere",
  "POST /database-resets/:id/continuation": "rightHere",
  "POST /database-resets/:id/cancellation": "rightHere",
  "GET /pos-servers/:id/service-starts/new": "rightHere",
  "POST /pos-servers/:id/service-starts": "rightHere",
  "GET /pos-servers/:id/next-problem": "rightHere",
  "GET /pos-servers/:id/service-restarts/new": "rightHere",
  "POST /pos-servers/:id/service-restarts": "rightHere",
  "GET /service-starts/:id": "rightHere",
  "POST /service-starts/:id/cancellation": "rightHere",
  "GET /batches": "someRight",
  "POST /batches": "someRight",
  "GET /batches/:id": "ofAll",
  "POST /batches/:id/cancellation": "ofAll",
  "POST /batches/:id/repetitions": "ofAll",
  "GET /batches/:id/archives.zip": "ofAll",
  "GET /log-searches/new": "someRight",
  "POST /log-searches": "someRight",
  "GET /log-searches/:id": "someRight",
  "POST /log-searches/:id/cancellation": "someRight",
  "POST /log-searches/:id/lines": "someRight",
  "GET /log-searches/:id/lines/:posServer": "someRight",
  "GET /pos-servers/:id/edit": "administrator",
  "POST /pos-servers/:id": "administrator",
  "GET /pos-servers/:id/connections/new": "administrator",
  "POST /pos-servers/:id/connections": "administrator",
  "GET /pos-servers/:id/moves/new": "administrator",
  "POST /pos-servers/:id/moves": "administrator",
  "GET /pos-servers/:id/deletion/new": "administrator",
  "POST /pos-servers/:id/deletion": "administrator",
  "GET /pos-servers/:id/log-patterns": "administrator",
  "POST /pos-servers/:id/log-patterns": "administrator",
  "POST /pos-servers/:id/log-pattern-trials": "administrator",
  "GET /log-archives/:id/files": "rightHere",
  "GET /log-archives/:id/files/:position": "rightHere",
  "GET /organizations": "administrator",
  "GET /organizations.xlsx": "administrator",
  "GET /organizations/pos-servers": "administrator",
  "GET /organizations/new": "administrator",
  "POST /organizations": "administrator",
  "GET /organizations/:id": "administrator",
  "GET /organizations/:id/edit": "administrator",
  "POST /organizations/:id": "administrator",
  "GET /organizations/:id/archiving/new": "administrator",
  "POST /organizations/:id/archiving": "administrator",
  "GET /organizations/:id/opening-hours/new": "administrator",
  "POST /organizations/:id/opening-hours": "administrator",
  "GET /organizations/:id/pos-servers/new": "administrator",
  "POST /organizations/:id/pos-servers": "administrator",
  "GET /organizations/import/new": "administrator",
  "GET /organizations/import/template.xlsx": "administrator",
  "POST /organizations/import": "administrator",
  "GET /organizations/import/:id": "administrator",
  "POST /organizations/import/:id": "administrator",
  "GET /first-start": "administrator",
  "POST /first-start/codes": "administrator",
  "POST /first-start/organizations": "administrator",
  "GET /enrolments": "administrator",
  "GET /enrolments/new": "administrator",
  "POST /enrolments": "administrator",
  "GET /enrolments/:id": "administrator",
  "GET /enrolments/:id/withdrawal/new": "administrator",
  "POST /enrolments/:id/withdrawal": "administrator",
  "GET /enrolments/agents/:id/confirmation/new": "administrator",
  "POST /enrolments/agents/:id/confirmation": "administrator",
  "GET /enrolments/agents/:id/refusal/new": "administrator",
  "POST /enrolments/agents/:id/refusal": "administrator",
  "GET /agents": "administrator",
  "GET /agents/rollouts/new": "administrator",
  "POST /agents/rollouts": "administrator",
  "POST /agents/rollouts/:id/stops": "administrator",
  "POST /agents/rollouts/:id/continuations": "administrator",
  "GET /users": "administrator",
  "GET /users/new": "administrator",
  "POST /users": "administrator",
  "GET /users/:id": "administrator",
  "POST /users/:id/name": "administrator",
  "GET /users/:id/blocking/new": "administrator",
  "POST /users/:id/blocking": "administrator",
  "GET /users/:id/administration/new": "administrator",
  "POST /users/:id/administration": "administrator",
  "POST /users/:id/session-endings": "administrator",
  "GET /users/:id/invitations": "administrator",
  "POST /users/:id/invitations": "administrator",
  "POST /users/:id/rights": "administrator",
  "GET /channels": "someRight",
  "GET /channels/new": "someRight",
  "POST /channels": "someRight",
  "GET /channels/:id": "ofAll",
  "GET /channels/:id/edit": "ofAll",
  "POST /channels/:id": "ofAll",
  "POST /channels/:id/switches": "ofAll",
  "POST /channels/:id/tests": "ofAll",
  "GET /channels/:id/rules/new": "ofAll",
  "POST /channels/:id/rules": "ofAll",
  "GET /channels/:id/rules/:rule": "ofAll",
  "POST /channels/:id/rules/:rule": "ofAll",
  "GET /channels/:id/rules/:rule/removal/new": "ofAll",
  "POST /channels/:id/rules/:rule/removal": "ofAll",
  "GET /channels/:id/removal/new": "ofAll",
  "POST /channels/:id/removal": "ofAll",
  "POST /channels/messenger-codes": "someRight",
  "GET /channels/messenger-accounts/:id/removal/new": "someRight",
  "POST /channels/messenger-accounts/:id/removal": "someRight",
  "GET /wall": "public",
  "GET /settings/wall": "administrator",
  "GET /settings/wall/tokens/new": "administrator",
  "POST /settings/wall/tokens": "administrator",
  "GET /settings/wall/tokens/:id/removal/new": "administrator",
  "POST /settings/wall/tokens/:id/removal": "administrator",
  "GET /settings/api": "administrator",
  "GET /settings/api/tokens/new": "administrator",
  "POST /settings/api/tokens": "administrator",
  "GET /settings/api/tokens/:id/removal/new": "administrator",
  "POST /settings/api/tokens/:id/removal": "administrator",
  "GET /settings/api/openapi.json": "administrator",
  "GET /metrics": "token",
  "GET /api/v1/openapi.json": "token",
  "GET /api/v1/pos-servers": "token",
  "GET /api/v1/pos-servers/:id": "token",
  "GET /api/v1/pos-servers/:id/history": "token",
  "POST /api/v1/pos-servers/:id/polls": "token",
  "POST /api/v1/pos-servers/:id/log-requests": "token",
  "GET /api/v1/incidents": "token",
  "GET /api/v1/incidents/:id": "token",
  "GET /api/v1/log-requests/:id": "token",
  "GET /api/v1/log-archives/:id": "token",
  "POST /api/v1/batches": "token",
  "GET /api/v1/batches/:id": "token",
  "POST /api/v1/imports": "token",
  "GET /settings/log-patterns": "administrator",
  "GET /settings/log-patterns/:id/withdrawal/new": "administrator",
  "POST /settings/log-patterns/:id/withdrawal": "administrator",
  "GET /settings/log-patterns/guesses": "administrator",
  "POST /settings/log-patterns/guesses": "administrator",
  "GET /settings": "administrator",
  "GET /settings/:page": "administrator",
  "POST /settings": "administrator",
  "POST /restored-copy/confirmations": "administrator",
};

/** Nothing is there under the id or the secret of the test: also whoever may go there gets 404. */
const NOTHING_THERE = [
  "GET /settings/:page",
  "GET /agent/connect",
  "GET /agent/windows.zip",
  "GET /setup",
  "POST /setup",
  "GET /invitations/:token",
  "POST /invitations/:token",
  "GET /wall",
  "GET /organizations/import/:id",
  "POST /organizations/import/:id",
  "GET /support/:id",
  "GET /support/:id/archive",
  "POST /batches",
  "POST /pos-servers/polls",
  "POST /saved-views/:id/deletion",
  "GET /api/v1/batches/:id",
  "GET /log-searches/:id",
  "POST /log-searches/:id/cancellation",
  "POST /log-searches/:id/lines",
  "GET /log-searches/:id/lines/:posServer",
];

/** They end the session that they are sent from. */
const LEADS_TO_LOGIN = ["POST /logout", "POST /account/session-endings"];

const EVERYBODY = ["nobody", "noRight", "rightElsewhere", "rightHere", "administrator", "token"] as const;
type Kind = (typeof EVERYBODY)[number];

const REACHED_BY: Record<Reach, readonly Kind[]> = {
  public: EVERYBODY,
  user: ["noRight", "rightElsewhere", "rightHere", "administrator"],
  someRight: ["rightElsewhere", "rightHere", "administrator"],
  rightHere: ["rightHere", "administrator"],
  ofAll: ["administrator"],
  administrator: ["administrator"],
  token: ["token"],
};

t.test("every registered route stands in the table, and nothing else does", async (t) => {
  const monitor = await startMonitor(t);
  t.same(registeredRoutes(monitor).sort(), Object.keys(ROUTES).sort());
});

t.test("everybody reaches what is theirs and nothing else", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor.app.database;
  const { organizationId: here, userId: noRight, authorization, requestOf } = await addOneOfEach(monitor);
  const elsewhere = await monitor.addOrganization();
  const users: Record<Exclude<Kind, "nobody" | "token">, number> = {
    administrator: (await signedIn(monitor, { isAdministrator: true })).userId,
    noRight,
    rightElsewhere: (await signedIn(monitor, { organizations: [elsewhere] })).userId,
    rightHere: (await signedIn(monitor, { organizations: [here] })).userId,
  };

  for (const [route, reach] of Object.entries(ROUTES)) {
    const { method, url } = requestOf(route);
    for (const kind of EVERYBODY) {
      const session =
        kind === "nobody" || kind === "token"
          ? undefined
          : await beginSession(db, users[kind], { address: "127.0.0.1", browser: "" }, monitor.clock());
      const browser = openBrowser(monitor.app, 0, session);
      const sent = kind === "token" ? { authorization } : {};
      const answer =
        reach === "token"
          ? await monitor.app.inject({ method, url, headers: sent, cookies: { session: session ?? "" } })
          : method === "GET"
            ? await browser.get(url, sent)
            : await browser.post(url, {}, sent);
      const { statusCode, headers, body } = answer;
      const goesToLogin = statusCode === 303 && String(headers.location).startsWith("/login");
      const what = `${route} by ${kind}: ${statusCode}`;
      if (String(headers["content-type"]).startsWith("text/html")) t.same(body.match(UNMADE), null, what);
      if (NOTHING_THERE.includes(route) && REACHED_BY[reach].includes(kind)) t.equal(statusCode, 404, what);
      else if (REACHED_BY[reach].includes(kind)) {
        t.ok(statusCode < 500 && ![401, 403, 404].includes(statusCode), what);
        t.equal(goesToLogin, LEADS_TO_LOGIN.includes(route) && goesToLogin, what);
      } else if (reach === "token") t.equal(statusCode, 401, what);
      else if (kind === "nobody" || kind === "token") t.ok(goesToLogin, what);
      else if (kind === "noRight" && reach !== "administrator") t.equal(statusCode, 403, what);
      else t.equal(statusCode, 404, what);
    }
  }
});

t.test("a POS server of another organization and one that is not there get the same answer", async (t) => {
  const monitor = await startMonitor(t);
  const elsewhere = await monitor.addOrganization();
  const here = await monitor.addOrganization();
  const id = await monitor.addPosServer({ organizationId: here, address: null });
  const user = await signedIn(monitor, { organizations: [elsewhere] });
  const body = async (url: string) =>
    (await user.get(url)).body.replace(/value="[^"]*"/g, "").replaceAll(url, "");
  t.equal(await body(`/pos-servers/${id}`), await body("/pos-servers/987654"));
});
