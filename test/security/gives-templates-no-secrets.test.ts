import t, { type Test } from "tap";
import { formatPairingString } from "../../src/protocol/pairing-string.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { openBrowser, PASSWORD, signedIn, type TestBrowser } from "../helpers/page.ts";
import { POS_SERVER_ID, TOKEN } from "../helpers/pos-server.ts";
import { addOneOfEach, registeredRoutes } from "../helpers/routes.ts";

interface Rendered {
  template: string;
  /** Everything that the template could show, as JSON. */
  data: string;
}

/** A monitor that notes what every template is given, of pages and of parts. */
async function startWatched(t: Test) {
  const rendered: Rendered[] = [];
  const note = (template: string, data: unknown) =>
    rendered.push({ template: template.replace(/\.eta$/, ""), data: JSON.stringify(data) });
  const monitor = await startMonitor(t, {
    prepare(app) {
      app.addHook("onRequest", async (_request, reply) => {
        const { viewAsync } = reply;
        reply.viewAsync = async (template: string, data: object) => {
          note(template, data);
          return await viewAsync.call(reply, template, data);
        };
      });
      const { renderFragment } = app;
      app.renderFragment = (template, viewer, data) => {
        note(template, data);
        return renderFragment(template, viewer, data);
      };
    },
  });
  return { monitor, rendered };
}

/** What was typed or is stored and no template may have. */
async function secretsOf({ app }: TestMonitor): Promise<string[]> {
  const { db } = app.database;
  const users = await db.selectFrom("user").select("passwordHash").execute();
  return [...users.flatMap(({ passwordHash }) => passwordHash ?? []), TOKEN, PASSWORD, "$argon2"];
}

async function holdNothing(t: Test, monitor: TestMonitor, rendered: readonly Rendered[]): Promise<void> {
  for (const secret of await secretsOf(monitor)) {
    const holders = rendered.filter(({ data }) => data.includes(secret)).map(({ template }) => template);
    t.same(holders, [], secret.slice(0, 12));
  }
}

t.test("no page's template is given a password's hash or a token", async (t) => {
  const { monitor, rendered } = await startWatched(t);
  const { requestOf } = await addOneOfEach(monitor);
  const admin = await signedIn(monitor, { isAdministrator: true });
  for (const route of registeredRoutes(monitor)) {
    const { method, url } = requestOf(route);
    if (method === "GET" && !url.includes(".xlsx")) await admin.get(url);
  }
  const templates = rendered.map(({ template }) => template).join("\n");
  for (const template of [
    "people/users/show",
    "people/users/list",
    "people/account/page",
    "organizations/edit-pos-server",
    "organizations/reconnect",
    "pos-server/page",
    "audit/page",
    "log-archives/show",
  ])
    t.match(templates, new RegExp(`${template}$`, "m"));
  await holdNothing(t, monitor, rendered);
});

t.test("no template is given back what was typed into a field for a secret", async (t) => {
  const { monitor, rendered } = await startWatched(t);
  const setup = openBrowser(monitor.app);
  await refused(t, setup, "/setup", { token: TOKEN, login: "x", name: "", password: PASSWORD, repeated: "" });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const id = await monitor.addPosServer();
  const pairingString = formatPairingString({
    address: "https://10.0.0.1",
    posServerId: POS_SERVER_ID,
    token: TOKEN,
    fingerprint: `sha256:${"ab".repeat(32)}`,
  });
  const connection = { name: "", pairingString, token: TOKEN, address: "x" };
  await refused(t, openBrowser(monitor.app), "/login", { login: "x", password: PASSWORD });
  await refused(t, admin, "/organizations/1/pos-servers", connection);
  await refused(t, admin, `/pos-servers/${id}`, connection);
  await refused(t, admin, `/pos-servers/${id}/connections`, { pairingString: `x${pairingString}` });
  await refused(t, admin, "/account/password", { current: `${PASSWORD}?`, password: PASSWORD, repeated: "" });
  const created = await admin.post("/users", { login: "invited", name: "Анна" });
  await admin.get(String(created.headers.location));
  const link = /\/invitations\/[\w-]{43}/.exec(rendered.at(-1)?.data ?? "")?.[0] ?? "";
  await refused(t, openBrowser(monitor.app), link, { password: PASSWORD, repeated: "" });
  await holdNothing(t, monitor, rendered);
});

async function refused(t: Test, browser: TestBrowser, url: string, fields: Record<string, string>) {
  t.equal((await browser.post(url, fields)).statusCode, 422, url);
}
