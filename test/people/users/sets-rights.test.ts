import t from "tap";
import { setArchived } from "../../../src/monitor/registry/organizations.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { signedIn, startAdministered } from "../../helpers/page.ts";

async function rightsOf(monitor: TestMonitor, userId: number): Promise<number[]> {
  const rights = monitor.db.selectFrom("userOrganization").where("userId", "=", userId);
  const rows = await rights.select("organizationId").orderBy("organizationId").execute();
  return rows.map(({ organizationId }) => organizationId);
}

function tickedOf(html: string): number[] {
  return [...html.matchAll(/name="organization" value="(\d+)" checked/g)].map(([, id]) => Number(id));
}

t.test("ticked organizations are saved, count at once, and are in the audit log by name", async (t) => {
  const monitor = await startMonitor(t);
  const one = await monitor.addOrganization("Пекарня", "100512");
  const two = await monitor.addOrganization("Суши", "100701");
  const admin = await signedIn(monitor, { isAdministrator: true });
  const user = await signedIn(monitor, { login: "cook", organizations: [one] });
  const save = (...organization: string[]) => admin.post(`/users/${user.userId}/rights`, { organization });
  t.equal((await save(String(two))).statusCode, 303);
  t.same(await rightsOf(monitor, user.userId), [two]);
  t.same(tickedOf(await admin.html(`/users/${user.userId}`)), [two]);
  const detail = [
    { key: "rightAdded", values: { name: "Суши", crmId: "100701" } },
    { key: "rightRemoved", values: { name: "Пекарня", crmId: "100512" } },
  ];
  t.match(await recordedEvents(monitor.db, "rights_change"), [{ subject: "cook", detail }]);
  await save(String(two));
  t.equal((await recordedEvents(monitor.db, "rights_change")).length, 1, "the same is no event");
  await setArchived(monitor.db, two, monitor.clock());
  t.notMatch(await admin.html(`/users/${user.userId}`), /Суши/);
  await save();
  t.same(await rightsOf(monitor, user.userId), [two], "that for an archived one is not lost");
  await setArchived(monitor.db, two, null);
  await save("x", "999");
  t.same(await rightsOf(monitor, user.userId), [], "ids that are none give no right");
  t.equal((await user.get("/pos-servers")).statusCode, 403, "without any right they are told whom to ask");
});

t.test(
  "a new user is given rights in the same form, also for all present and future organizations",
  async (t) => {
    const { monitor, admin, db } = await startAdministered(t);
    const [cafe, pizza] = [await monitor.addOrganization("Кафе"), await monitor.addOrganization("Пиццерия")];
    const form = await admin.html("/users/new");
    t.match(form, `name="organization" value="${cafe}"`);
    t.match(form, /name="allOrganizations"/);
    const answer = await admin.post("/users", { login: "cook", name: "Повар", organization: String(pizza) });
    t.match(await admin.html(String(answer.headers.location)), /\/invitations\/[\w-]{43}/);
    const rights = await db.selectFrom("userOrganization").select("organizationId").execute();
    t.same(rights, [{ organizationId: pizza }]);
    const detail = [{ key: "rightAdded", values: { name: "Пиццерия" } }];
    t.match(await recordedEvents(db, "user_create", "rights_change", "user_invite"), [
      { action: "user_create", subject: "cook", detail: [{ key: "newUser", values: { name: "Повар" } }] },
      { action: "rights_change", subject: "cook", detail },
      { action: "user_invite", subject: "cook" },
    ]);

    const user = await signedIn(monitor, {});
    t.equal((await user.get("/pos-servers")).statusCode, 403);
    await admin.post(`/users/${user.userId}/rights`, { allOrganizations: "1" });
    await monitor.addPosServer({ name: "Будущая, 1" });
    t.match(await user.html("/pos-servers"), /Будущая, 1/);
    t.match(await admin.html("/users?q=user"), />все организации</);
    await admin.post("/users", { login: "chief", name: "Шеф", allOrganizations: "yes" });
    await admin.post("/users", { login: "guest", name: "Гость" });
    const all = db.selectFrom("user").select("name").where("hasAllOrganizations", "=", 1).orderBy("id");
    t.match((await all.execute()).at(-1), { name: "Шеф" });
    t.equal((await recordedEvents(db, "rights_change")).length, 3);
  },
);

t.test("whoever would see nothing is warned of: in the list, on their page, beside their link", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const organization = await monitor.addOrganization();
  const { userId } = await signedIn(monitor, { login: "nikto" });
  const page = `/users/${userId}`;
  const change = async (path: string, form: Record<string, string>) => {
    monitor.clock.advance(1_000); // sessions are read anew
    t.equal((await admin.post(`${page}${path}`, form)).statusCode, 303, path);
  };
  const warned = async () => {
    const pages = [await admin.text(page), await admin.text(`${page}/invitations`)];
    const inList = (await admin.html("/users")).includes(`<a class="warning" href="${page}#rights">`);
    return [inList, ...pages.map((text) => text.includes("ничего не увидит. Выбрать организации"))];
  };
  t.same(await warned(), [true, true, true]);
  t.match(await admin.html(page), /href="\/users\/\d+#rights"[\s\S]*<form [^>]*id="rights"/);
  await change("/rights", { organization: String(organization) });
  t.same(await warned(), [false, false, false]);
  await monitor.db.updateTable("organization").set({ archivedAt: monitor.clock() }).execute();
  t.same(await warned(), [true, true, true], "archived organizations are not shown");
  await change("/administration", { administrator: "yes" });
  t.same(await warned(), [false, false, false], "administrators see everything");
  await change("/administration", { administrator: "no" });
  await change("/blocking", { blocked: "yes" });
  t.same(await warned(), [false, false, false], "whoever cannot sign in needs none");
  await change("/blocking", { blocked: "no" });
  await change("/rights", { allOrganizations: "yes" });
  t.same(await warned(), [false, false, false]);
});
