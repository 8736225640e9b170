import t from "tap";
import { addUser } from "../../../src/monitor/access/users.ts";
import { startMonitor, type TestMonitor } from "../../helpers/app.ts";
import { recordedEvents } from "../../helpers/audit.ts";
import { hrefOf, signedIn, signInStatus, startFor, textOf } from "../../helpers/page.ts";

async function findUser(monitor: TestMonitor, login: string) {
  return await monitor.db.selectFrom("user").selectAll().where("login", "=", login).executeTakeFirst();
}

async function lastEvent(monitor: TestMonitor) {
  return (await recordedEvents(monitor.db)).at(-1);
}

t.test("users are listed by name, and found by login and name in any letter case", async (t) => {
  const monitor = await startMonitor(t);
  const first = await monitor.addOrganization();
  const second = await monitor.addOrganization();
  const admin = await signedIn(monitor, { login: "boss", name: "Яна Орлова", isAdministrator: true });
  await signedIn(monitor, { login: "petrov", name: "Пётр Смирнов", organizations: [first, second] });
  await signedIn(monitor, { login: "nikto", name: "Анна <b>" });

  const page = await admin.get("/users");
  t.equal(page.statusCode, 200);
  const text = textOf(page.body);
  t.match(
    text,
    /Анна.*Пётр Смирнов petrov .*2 организации Яна Орлова Системный администратор.*3 пользователя/,
  );
  t.notMatch(page.body, /Анна <b>/, "names are escaped");

  for (const q of ["ПЕТР", "petr", "смирн"]) {
    const found = await admin.text(`/users?q=${encodeURIComponent(q)}`);
    t.match(found, /Пётр Смирнов/, q);
    t.notMatch(found, /Анна/, q);
  }
  t.match(await admin.html("/users?q=zzz"), /Никого не нашлось/);
  t.equal((await admin.get("/users?page=x&q=a&q=b")).statusCode, 200);

  for (let number = 4; number <= 101; number++) {
    const user = { login: `cook${number}`, name: `Повар ${number}` };
    await addUser(monitor.db, { ...user, isAdministrator: false, passwordHash: null }, 0);
  }
  const rows = async (url: string) => (await admin.html(url)).match(/href="\/users\/\d+"/g)?.length;
  t.equal(await rows("/users"), 100, "a page has 100");
  t.equal(await rows("/users?page=2"), 1);
  t.equal(await rows("/users?page=99"), 1, "beyond the end is the last page");
});

t.test("a new user is named beside the field when something is wrong, and nothing is created", async (t) => {
  const { monitor, user: admin } = await startFor(t, { login: "boss", isAdministrator: true });
  const organization = String(await monitor.addOrganization());
  const cases: [Record<string, string>, RegExp][] = [
    [{ login: "a b", name: "Анна" }, /id="problem-login">Логин/],
    [{ login: "anna", name: "я".repeat(101) }, /id="problem-name">Слишком длинное имя/],
    [
      { login: "BOSS", name: " " },
      /id="problem-login">Пользователь с таким логином уже есть.*id="problem-name">Укажите имя/s,
    ],
  ];
  for (const [fields, message] of cases) {
    const answer = await admin.post("/users", { ...fields, organization });
    t.equal(answer.statusCode, 422);
    t.match(answer.body, message);
    t.match(answer.body, `name="organization" value="${organization}" checked`);
    t.ok(answer.body.includes(`name="login" type="text" value="${fields.login}"`), "what was typed is kept");
  }
  t.equal((await monitor.db.selectFrom("user").selectAll().execute()).length, 1);
  t.same(await monitor.db.selectFrom("userOrganization").selectAll().execute(), []);
});

t.test("the last active administrator can be neither blocked nor demoted", async (t) => {
  const { monitor, user: admin } = await startFor(t, { login: "boss", isAdministrator: true });
  const other = await signedIn(monitor, { login: "other", isAdministrator: true });
  await admin.post(`/users/${other.userId}/blocking`, { blocked: "yes" });
  await admin.post("/users", { login: "guest", name: "Гость" });
  const guest = await findUser(monitor, "guest");
  await admin.post(`/users/${guest?.id}/administration`, { administrator: "yes" });

  for (const [action, fields] of [
    ["blocking", { blocked: "yes" }],
    ["administration", { administrator: "no" }],
  ] as const) {
    const answer = await admin.post(`/users/${admin.userId}/${action}`, fields);
    t.equal(answer.statusCode, 422, "blocked and merely invited administrators do not count");
    t.match(answer.body, /последний действующий системный администратор/);
  }
  t.match(await findUser(monitor, "boss"), { isAdministrator: 1, isBlocked: 0 });

  await admin.post(`/users/${other.userId}/blocking`, { blocked: "no" });
  await Promise.all([
    admin.post(`/users/${admin.userId}/administration`, { administrator: "no" }),
    admin.post(`/users/${other.userId}/administration`, { administrator: "no" }),
  ]);
  const administrators = monitor.db.selectFrom("user").selectAll().where("isAdministrator", "=", 1);
  const left = await administrators.where("passwordHash", "is not", null).execute();
  t.equal(left.length, 1, "of two at once one stays");
});

t.test("a user is renamed, made administrator and signed out, and the log has each", async (t) => {
  const { monitor, user: admin } = await startFor(t, { login: "boss", isAdministrator: true });
  const user = await signedIn(monitor, { login: "cook", name: "Повар", organizations: "all" });
  const path = `/users/${user.userId}`;

  await admin.post(`${path}/name`, { name: "  Шеф-повар " });
  t.match(await lastEvent(monitor), {
    userLogin: "boss",
    action: "user_change",
    subject: "cook",
    detail: [{ key: "renamed", values: { before: "Повар", after: "Шеф-повар" } }],
  });
  t.match(await admin.html("/users?q=шеф"), /Шеф-повар/);
  const refused = await admin.post(`${path}/name`, { name: "" });
  t.equal(refused.statusCode, 422);
  t.match(refused.body, /id="problem-name"/);

  await admin.post(`${path}/administration`, { administrator: "yes" });
  t.match(await lastEvent(monitor), { action: "administrator_grant" });
  t.equal((await user.get("/users")).statusCode, 200, "it counts at once");
  await admin.post(`${path}/administration`, { administrator: "no" });
  t.equal((await user.get("/users")).statusCode, 404);

  t.match(await admin.html(path), /1 открытый сеанс/);
  const ended = await admin.post(`${path}/session-endings`);
  t.equal(ended.headers.location, `${path}?notice=signedOut`);
  t.equal((await user.get("/pos-servers")).statusCode, 303);
  t.equal((await admin.get("/users")).statusCode, 200, "the administrator's own session goes on");
});

t.test("an id of nobody is a 404 for every form; who gives the role up is led to a page", async (t) => {
  const monitor = await startMonitor(t);
  await signedIn(monitor, { isAdministrator: true });
  const admin = await signedIn(monitor, { isAdministrator: true });
  const fields = { name: "x", blocked: "no", administrator: "yes", allOrganizations: "1" };
  for (const path of ["name", "blocking", "administration", "session-endings", "invitations", "rights"])
    for (const id of ["999999", "x", "1e9"])
      t.equal((await admin.post(`/users/${id}/${path}`, fields)).statusCode, 404, `${id}/${path}`);
  const answer = await admin.post(`/users/${admin.userId}/administration`, { administrator: "no" });
  t.equal(answer.headers.location, "/account");
  t.equal((await admin.get("/account")).statusCode, 200);
  t.equal((await admin.get("/users")).statusCode, 404);
});

t.test("blocking and the administrator's rights are asked about, with what follows from them", async (t) => {
  const { monitor, user: admin } = await startFor(t, { name: "Анна", isAdministrator: true });
  const user = await signedIn(monitor, { login: "cook", name: "Борис", organizations: "all" });
  const path = `/users/${user.userId}`;
  const page = await admin.html(path);
  for (const change of ["blocking", "administration"]) {
    t.equal(hrefOf(page, new RegExp(change)), `${path}/${change}/new`);
    t.notMatch(page, `action="${path}/${change}"`, "one click does nothing yet");
  }

  const block = await admin.html(`${path}/blocking/new`);
  t.match(textOf(block), /Заблокировать пользователя: Борис\?.*Открытые сеансы \(1\) сразу завершатся/);
  t.match(block, /name="blocked" value="yes"/);
  t.equal((await user.get("/pos-servers")).statusCode, 200);
  const blocked = await admin.post(`${path}/blocking`, { blocked: "yes" });
  t.equal(blocked.headers.location, `${path}?notice=saved`);
  t.match(await lastEvent(monitor), { action: "user_block", subject: "cook" });
  t.equal((await user.get("/pos-servers")).statusCode, 303, "their sessions end at once");
  t.equal(await signInStatus(monitor.app, "cook"), 422);
  const link = await admin.post(`${path}/invitations`);
  t.equal(link.statusCode, 422);
  t.notMatch(link.body, /\/invitations\/[\w-]{43}/);
  t.equal((await admin.get(`${path}/blocking/new`)).headers.location, path);
  t.match(await admin.html(path), `action="${path}/blocking"`, "the way back is one click");
  await admin.post(`${path}/blocking`, { blocked: "no" });
  t.equal((await user.get("/pos-servers")).statusCode, 303, "the ended session stays ended");
  t.equal(await signInStatus(monitor.app, "cook"), 303);

  const grant = /Назначить системным администратором: Борис\?.*увидит все организации/;
  t.match(await admin.text(`${path}/administration/new`), grant);
  await admin.post(`${path}/administration`, { administrator: "yes" });
  const revoke = /Снять права системного администратора: Борис\?.*Назначить его снова можно/;
  t.match(await admin.text(`${path}/administration/new`), revoke);
  t.match(await admin.text(`/users/${admin.userId}/administration/new`), /Это ваша учётная запись/);
});
