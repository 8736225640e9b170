import t from "tap";
import { startMonitor } from "../helpers/app.ts";
import { openBrowser, signedIn } from "../helpers/page.ts";
import { addOneOfEach, registeredRoutes } from "../helpers/routes.ts";

t.test(
  "the address of every form leads to a page in any language, and nobody where they may not go",
  async (t) => {
    const monitor = await startMonitor(t);
    const { organizationId, requestOf } = await addOneOfEach(monitor);
    const admin = await signedIn(monitor, { isAdministrator: true });
    const routes = registeredRoutes(monitor);
    // A search is shown to its maker alone.
    const isForm = /^POST (?!\/agent\/|\/api\/|\/log-searches\/:id)/;
    const forms = routes.filter(
      (route) => isForm.test(route) && !routes.includes(route.replace("POST", "GET")),
    );
    t.ok(forms.length > 20, "forms are found");
    for (const form of forms) {
      let url = requestOf(form).url;
      let statusCode = 303;
      for (let hops = 0; [302, 303].includes(statusCode) && hops < 4; hops++) {
        const answer = await admin.get(url);
        statusCode = answer.statusCode;
        url = String(answer.headers.location ?? url);
      }
      t.equal(statusCode, 200, `${form} → ${url}`);
    }

    const user = await signedIn(monitor, { organizations: [organizationId] });
    t.equal((await user.get(requestOf("POST /users/:id/name").url)).statusCode, 404, "where they may not go");
    const nobody = await openBrowser(monitor.app).get("/pos-servers/1/polls");
    t.equal(nobody.headers.location, "/login?returnTo=%2Fpos-servers%2F1%2Fpolls");

    const refused = await admin.post("/organizations/import");
    t.equal(refused.statusCode, 422);
    const [, returnTo = ""] = /name="returnTo" value="([^"]+)"/.exec(refused.body) ?? [];
    const back = await admin.post("/preferences", { language: "en", returnTo });
    const page = await admin.get(String(back.headers.location));
    t.same([page.statusCode, page.headers.location], [303, "/organizations/import/new"]);
  },
);

t.test("what is sent from the dialog leads the browser to its page", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer();
  const user = await signedIn(monitor, { organizations: "all" });
  const path = `/pos-servers/${id}`;
  const fields = { parked: "1", reason: "ремонт" };
  const partial = { "hx-request-type": "partial" };
  const answer = await user.post(`${path}/parking`, fields, partial);
  t.same([answer.statusCode, answer.headers["hx-redirect"]], [200, path]);
  const wrong = await user.post(`${path}/parking`, { ...fields, until: "x" }, partial);
  t.equal(wrong.statusCode, 422);
  t.notMatch(wrong.body, "<html", "and stays in it while it is wrong");
  t.match(wrong.body, "problem-until");
});

t.test("what is told once is told to nobody else", async (t) => {
  const monitor = await startMonitor(t);
  const id = await monitor.addPosServer({ address: null });
  const one = await signedIn(monitor, { organizations: "all" });
  const other = await signedIn(monitor, { organizations: "all" });
  await one.post(`/pos-servers/${id}/polls`);
  t.notMatch((await other.get(`/pos-servers/${id}`)).body, "Связи нет.");
  t.match((await one.get(`/pos-servers/${id}`)).body, "Связи нет.");
  await one.post(`/pos-servers/${id}/polls`);
  monitor.clock.advance(11 * 60_000);
  t.notMatch((await one.get(`/pos-servers/${id}`)).body, "Связи нет.", "nor when it is old");
});
