import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { signedIn, unescapeHtml } from "../helpers/page.ts";

const VIEWS = join(import.meta.dirname, "../../views");
const FORM = /<form [^>]*method="post"(?:<%.*?%>|[^>])*>[\s\S]*?<\/form>/g;
const HAS_FIELDS = /forms\/_(?:field|text-area|select)|<input id=/;

t.test("no form leaves it to the browser to say what is wrong, in whatever language that has", async (t) => {
  const left = globSync("**/*.eta", { cwd: VIEWS }).flatMap((file) =>
    [...readFileSync(join(VIEWS, file), "utf8").matchAll(FORM)]
      .filter(([form]) => HAS_FIELDS.test(form) && !/^(?:<%.*?%>|[^>])*novalidate/.test(form))
      .map(() => file),
  );
  t.same(left, []);
});

t.test("each form says beside its fields which of them have to be filled in", async (t) => {
  const monitor = await startMonitor(t);
  const organizationId = await monitor.addOrganization("Пекарня", "100300");
  const id = await monitor.addPosServer({ organizationId });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const forms: [page: string, action: string][] = [
    ["/organizations/new", "/organizations"],
    [`/organizations/${organizationId}/edit`, `/organizations/${organizationId}`],
    [`/organizations/${organizationId}/pos-servers/new`, `/organizations/${organizationId}/pos-servers`],
    [`/pos-servers/${id}/edit`, `/pos-servers/${id}`],
    [`/pos-servers/${id}/deletion/new`, `/pos-servers/${id}/deletion`],
    [`/pos-servers/${id}/connections/new`, `/pos-servers/${id}/connections`],
    [`/pos-servers/${id}/database-resets/new`, `/pos-servers/${id}/database-resets`],
    ["/enrolments/new", "/enrolments"],
    ["/users/new", "/users"],
    [`/users/${admin.userId}`, `/users/${admin.userId}/name`],
    ["/account", "/account/password"],
    ["/settings/wall/tokens/new", "/settings/wall/tokens"],
  ];
  for (const [page, action] of forms) {
    const { body, statusCode } = await admin.get(page);
    t.equal(statusCode, 200, page);
    const [form = ""] = [...body.matchAll(FORM)].find(([html]) => html.includes(`action="${action}"`)) ?? [];
    const inputs = form.matchAll(/<input id="(\w+)"[^>]* required/g);
    const required = [...inputs].map(([, name = ""]) => name);
    t.ok(required.length > 0, action);
    const answer = await admin.post(action, Object.fromEntries(required.map((name) => [name, ""])));
    t.equal(answer.statusCode, 422, action);
    // A password that is not there is repeated rightly.
    const missing = required
      .filter((name) => name !== "repeated")
      .filter((name) => !unescapeHtml(answer.body).includes(`id="problem-${name}"`));
    t.same(missing, [], action);
  }
});
