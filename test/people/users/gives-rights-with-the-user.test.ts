import t from "tap";
import { recordedEvents } from "../../helpers/audit.ts";
import { startAdministered } from "../../helpers/sign-in.ts";

t.test("a new user gets the ticked organizations in the same form, and the audit log has them", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const [cafe, pizza] = [await monitor.addOrganization("Кафе"), await monitor.addOrganization("Пиццерия")];
  const form = await admin.get("/users/new");
  t.match(form.body, new RegExp(`name="organization" value="${cafe}"`));
  t.match(form.body, /name="allOrganizations"/);

  const answer = await admin.post("/users", { login: "cook", name: "Повар", organization: [String(pizza)] });
  t.equal(answer.statusCode, 303);
  t.match(await admin.html(String(answer.headers.location)), /\/invitations\/[\w-]{43}/);
  t.same(await db.selectFrom("userOrganization").select("organizationId").execute(), [
    { organizationId: pizza },
  ]);
  t.match(await recordedEvents(db, "user_create", "rights_change", "user_invite"), [
    { action: "user_create", subject: "cook" },
    {
      action: "rights_change",
      subject: "cook",
      detail: [{ key: "rightAdded", values: { name: "Пиццерия" } }],
    },
    { action: "user_invite", subject: "cook" },
  ]);
});

t.test("all present and future organizations can be given at once, or none", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  await monitor.addOrganization();
  await admin.post("/users", { login: "chief", name: "Шеф", allOrganizations: "yes" });
  await admin.post("/users", { login: "guest", name: "Гость" });
  const users = await db
    .selectFrom("user")
    .select(["login", "hasAllOrganizations as hasAll"])
    .where("login", "in", ["chief", "guest"])
    .orderBy("login")
    .execute();
  t.same(users, [
    { login: "chief", hasAll: 1 },
    { login: "guest", hasAll: 0 },
  ]);
  t.equal((await recordedEvents(db, "rights_change")).length, 1);
});

t.test("a refused form keeps its ticks and creates nothing", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const id = await monitor.addOrganization();
  for (const fields of [
    { login: "a b", name: "Анна" },
    { login: "ok-login", name: "" },
  ]) {
    const answer = await admin.post("/users", { ...fields, organization: [String(id)] });
    t.equal(answer.statusCode, 422);
    t.match(answer.body, `name="organization" value="${id}" checked`);
  }
  t.same(await db.selectFrom("userOrganization").selectAll().execute(), []);
  t.equal((await db.selectFrom("user").selectAll().execute()).length, 1);
});
