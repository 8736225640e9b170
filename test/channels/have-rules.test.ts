import t from "tap";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { startMonitor } from "../helpers/app.ts";
import { recordedEvents } from "../helpers/audit.ts";
import { addChannel, addOwnChannel, formOf, problemsIn, storedRules, TERMS } from "../helpers/channels.ts";
import { signedIn, startAdministered, textOf } from "../helpers/page.ts";
import { changeRows } from "../helpers/rows.ts";

const STATES = ["sync_error", "service_stopped", "not_serving", "unreachable", "sync_stale"];
const FORM = { allOrganizations: "yes", state: STATES, afterMinutes: "10", commonAtOnce: "yes" };

t.test("a rule is made, said in a sentence, changed and removed, and the audit log says how", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const first = await monitor.addOrganization("Суши Маркет", "100701");
  const second = await monitor.addOrganization("Пекарня №1", "100512");
  const id = await addChannel(monitor);
  const duty = await addChannel(monitor, undefined, { name: "Дежурный" });
  const begun = await admin.html(`/channels/${id}/rules/new`);
  t.equal([...begun.matchAll(/name="state" [^>]* checked/g)].length, STATES.length, "all of them by default");
  t.match(begun, /name="afterMinutes"[^>]*value="10"/);
  t.match(begun, /name="commonAtOnce"[^>]* checked/);
  const fields = {
    organization: [String(first), String(second), "987"],
    tags: "Москва; 24/7",
    state: STATES.slice(2, 4),
    afterMinutes: "90",
    quietFrom: "23:00",
    quietTo: "8:00",
    repeatMinutes: "120",
    escalateMinutes: "60",
    escalateChannel: String(duty),
  };
  const made = await admin.post(`/channels/${id}/rules`, fields);
  t.equal(made.headers.location, `/channels/${id}`);
  const page = await admin.html(`/channels/${id}`);
  t.match(textOf(page), "Правило сохранено.");
  t.match(
    textOf(page).replaceAll("\u00a0", " "),
    "Пекарня №1, Суши Маркет · теги: Москва, 24/7 · не отвечает кассам, нет связи · через 1 ч 30 мин · тихо 23:00–08:00 · напоминать каждые 2 ч · через 1 ч без ответа — «Дежурный»",
  );
  const [rule] = await storedRules(monitor, id);
  const ruleId = rule?.id ?? 0;
  t.same(rule, {
    id: ruleId,
    channelId: id,
    tags: ["Москва", "24/7"],
    states: ["not_serving", "unreachable"],
    /** What is not there is left out. */
    organizations: [first, second],
    afterMs: 5_400_000,
    isCommonAtOnce: false,
    quietHours: { from: 1_380, to: 480 },
    repeatMs: 7_200_000,
    escalation: { afterMs: 3_600_000, channelId: duty },
  });

  const url = `/channels/${id}/rules/${ruleId}`;
  const form = await admin.html(url);
  const typed = { quietFrom: "23:00", quietTo: "08:00", repeatMinutes: "120", escalateMinutes: "60" };
  for (const [name, value] of Object.entries({ ...typed, tags: "Москва, 24/7" }))
    t.match(form, new RegExp(`name="${name}"[^>]*value="${value}"`));
  t.match(form, `<option value="${duty}" selected>Дежурный`);
  t.match(form, `name="organization" value="${first}" checked`);
  t.equal((await admin.post(url, { ...FORM, afterMinutes: "0" })).headers.location, `/channels/${id}`);
  t.match(await admin.text(`/channels/${id}`), "Все организации · любая неполадка · сразу");
  const asked = await admin.text(`${url}/removal/new`);
  t.match(asked, "Удалить правило? Канал email Все организации · любая неполадка · сразу");
  t.equal((await admin.post(`${url}/removal`, { removed: "yes" })).headers.location, `/channels/${id}`);
  t.same(await storedRules(monitor, id), []);
  t.equal((await admin.post(`${url}/removal`)).statusCode, 404, "it is gone");

  const events = await recordedEvents(db, "rule_create", "rule_change", "rule_remove");
  const told = events.map(({ action, subject, detail }) =>
    [action, subject, ...(detail ?? []).map(({ key }) => key.replace("rule", ""))].join(" "),
  );
  t.same(told, [
    "rule_create Канал email Organizations Tags States After QuietHours Repeat Escalation",
    "rule_change Канал email AllOrganizations Tags States After CommonAtOnce QuietHours Repeat Escalation",
    "rule_remove Канал email AllOrganizations States After CommonAtOnce",
  ]);
  t.match(
    (await admin.text("/audit?action=rule_create")).replaceAll("\u00a0", " "),
    "организации: Пекарня №1, Суши Маркет; теги: Москва, 24/7; не отвечает кассам, нет связи; когда: через 1 ч 30 мин; тихие часы: 23:00–08:00; напоминать каждые: 2 ч; если никто не занимается: Дежурный, через 1 ч",
  );
});

t.test("what is wrong is said beside its field, what was typed stays, and nothing is saved", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  await monitor.addOrganization();
  const id = await addChannel(monitor, undefined, { hasDefaultRule: true });
  const [present] = await storedRules(monitor, id);
  const wrong: [Record<string, string | string[]>, string, RegExp][] = [
    [{ allOrganizations: "" }, "organizations", /Отметьте хотя бы одну организацию/],
    [{ allOrganizations: "", organization: "987" }, "organizations", /Отметьте хотя бы одну организацию/],
    [{ tags: "x".repeat(41) }, "tags", /не больше 40 знаков/],
    [{ tags: Array.from({ length: 21 }, (_, number) => `t${number}`).join() }, "tags", /не больше 20/],
    [{ state: [] }, "states", /Отметьте хотя бы одну неполадку/],
    [{ state: ["synced", "x"] }, "states", /Отметьте хотя бы одну неполадку/],
    [{ afterMinutes: "" }, "afterMinutes", /Заполните/],
    [{ afterMinutes: "1441" }, "afterMinutes", /от 0 до 1.440/],
    [{ afterMinutes: "-1" }, "afterMinutes", /целое число/],
    [{ quietFrom: "23:00" }, "quietTo", /и начало, и конец/],
    [{ quietTo: "23:00" }, "quietFrom", /и начало, и конец/],
    [{ quietFrom: "25:00", quietTo: "08:00" }, "quietFrom", /Укажите время/],
    [{ quietFrom: "08:00", quietTo: "8:00" }, "quietTo", /совпадают/],
    [{ repeatMinutes: "4" }, "repeatMinutes", /от 5 до 10.080/],
    [{ escalateMinutes: "60" }, "escalateChannel", /Выберите канал/],
    [{ escalateChannel: String(id + 1) }, "escalateMinutes", /через сколько минут/],
    [{ escalateMinutes: "0", escalateChannel: "7" }, "escalateMinutes", /от 1 до 1.440/],
    [{ escalateMinutes: "60", escalateChannel: String(id) }, "escalateChannel", /Выберите канал/],
  ];
  for (const url of [`/channels/${id}/rules`, `/channels/${id}/rules/${present?.id}`]) {
    for (const [fields, field, words] of wrong) {
      const { statusCode, body } = await admin.post(url, { ...FORM, ...fields });
      t.equal(statusCode, 422, JSON.stringify(fields));
      const problems = problemsIn(body);
      t.same(Object.keys(problems), [field]);
      t.match(problems[field], words);
    }
  }
  const typed = { ...FORM, state: ["sync_error"], tags: `<b>"x"`, afterMinutes: "x", commonAtOnce: "" };
  const { body } = await admin.post(`/channels/${id}/rules`, typed);
  t.match(body, 'value="&lt;b&gt;&quot;x&quot;"');
  t.equal([...body.matchAll(/name="state" [^>]* checked/g)].length, 1);
  t.notMatch(body, /name="commonAtOnce"[^>]* checked/);
  t.same(await storedRules(monitor, id), [present]);
  t.same(await recordedEvents(monitor.db, "rule_create", "rule_change"), []);
});

t.test("an own rule is of no organization that its owner may not see", async (t) => {
  const monitor = await startMonitor(t);
  const mine = await monitor.addOrganization("Моя");
  const other = await monitor.addOrganization("Чужая");
  const owner = await signedIn(monitor, { organizations: [mine] });
  const shared = await addChannel(monitor);
  const id = await addOwnChannel(monitor, owner, shared);
  const form = await owner.html(`/channels/${id}/rules/new`);
  t.match(form, "Моя");
  t.notMatch(form, "Чужая");
  const foreign = { ...FORM, allOrganizations: "", organization: String(other) };
  const none = await owner.post(`/channels/${id}/rules`, foreign);
  t.match(none.body, /id="problem-organizations">Отметьте хотя бы одну организацию/);
  const both = { ...FORM, allOrganizations: "", organization: [String(mine), String(other)] };
  t.equal((await owner.post(`/channels/${id}/rules`, both)).statusCode, 303);
  const [rule] = await storedRules(monitor, id);
  t.same(rule?.organizations, [mine]);
  const escalating = { ...FORM, escalateMinutes: "60", escalateChannel: String(shared) };
  const escalated = await owner.post(`/channels/${id}/rules`, escalating);
  t.match(escalated.body, /id="problem-escalateChannel">Выберите канал/, "and is escalated to nobody else");
  await changeRows(monitor.db, "userOrganization", { organizationId: other });
  const page = await owner.text(`/channels/${id}`);
  t.match(page, "Ни одной организации ·", "whoever may see it no more reads its name no more");
});

t.test("what is archived stays in a rule that is changed meanwhile", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const kept = await monitor.addOrganization("Летняя веранда");
  const other = await monitor.addOrganization("Кафе");
  const id = await addChannel(monitor);
  const both = { ...FORM, allOrganizations: "", organization: [String(kept), String(other)] };
  await admin.post(`/channels/${id}/rules`, both);
  await setArchived(db, kept, 1);
  const [rule] = await storedRules(monitor, id);
  const url = `/channels/${id}/rules/${rule?.id}`;
  t.notMatch(await admin.html(url), "Летняя веранда");
  await admin.post(url, { ...FORM, allOrganizations: "", organization: [String(other)], afterMinutes: "5" });
  t.match(await storedRules(monitor, id), [{ organizations: [kept, other], afterMs: 300_000 }]);
});

t.test("whatever changes what is told has open incidents looked at again", async (t) => {
  const { monitor, admin, db } = await startAdministered(t);
  const posServerId = await monitor.addPosServer();
  await monitor.report(posServerId);
  await monitor.report(posServerId, { error: "boom" });
  const id = await addChannel(monitor, undefined, { hasDefaultRule: true });
  const [rule] = await storedRules(monitor, id);
  const url = `/channels/${id}/rules/${rule?.id}`;
  const { userId } = await signedIn(monitor);
  const changes: [string, Record<string, string | string[]>][] = [
    [`/pos-servers/${posServerId}/tags`, { more: "Москва" }],
    [`/users/${userId}/rights`, { step: "save", organization: "1" }],
    [`/users/${userId}/administration`, { administrator: "yes" }],
    [`/users/${userId}/blocking`, { blocked: "yes" }],
    [`/users/${userId}/blocking`, { blocked: "no" }],
    [url, { ...FORM, afterMinutes: "5" }],
    [`/channels/${id}/rules`, FORM],
    [`/channels/${id}/switches`, { state: "off" }],
    [`/channels/${id}/switches`, { state: "on" }],
    [`/channels/${id}`, { ...formOf(TERMS.email), timeZone: "UTC" }],
    [`${url}/removal`, {}],
    [`/channels/${id}/removal`, {}],
  ];
  for (const [path, fields] of changes) {
    await db.deleteFrom("incidentChange").execute();
    t.equal((await admin.post(path, fields)).statusCode, 303, path);
    t.match(await db.selectFrom("incidentChange").selectAll().execute(), [{ dueAt: 0 }], path);
  }
});

t.test("a channel has so many rules and no more, each once", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const id = await addChannel(monitor);
  for (const minutes of [1, ...Array.from({ length: 20 }, (_, index) => index + 1)])
    await admin.post(`/channels/${id}/rules`, { ...FORM, afterMinutes: String(minutes) });
  t.equal((await storedRules(monitor, id)).length, 20);
  const refused = await admin.post(`/channels/${id}/rules`, { ...FORM, afterMinutes: "21" });
  t.equal(refused.statusCode, 422);
  t.match(textOf(refused.body), "Правил уже 20, больше добавить нельзя.");
  t.notMatch(await admin.html(`/channels/${id}`), "rules/new");
});
