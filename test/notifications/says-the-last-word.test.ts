import t, { type Test } from "tap";
import { keepIncidents } from "../../src/monitor/fleet/incidents/keep-incidents.ts";
import type { RuleTerms } from "../../src/monitor/notifications/rules/rule.ts";
import { setArchived } from "../../src/monitor/registry/organizations.ts";
import { setParked } from "../../src/monitor/restaurants/park-pos-server.ts";
import { queueAllIncidents } from "../../src/monitor/restaurants/queue-changes.ts";
import { changeTags } from "../../src/monitor/restaurants/tags.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor, type TestMonitor } from "../helpers/app.ts";
import { addExchanging, breakAll } from "../helpers/incidents.ts";
import { addChannel, addRule, receiveTold, tell } from "../helpers/notifications.ts";
import { signedIn, startAdministered } from "../helpers/page.ts";
import { moveTo } from "../helpers/registry.ts";
import { GROUP_ID, startTelegram } from "../helpers/telegram.ts";

const NAME = "Тверская, 12";
const ANNA = { userId: null, login: "anna", name: "Анна Иванова", address: "10.0.0.7" };
const NO_MORE = `⚪ ${NAME}: сообщения об инциденте прекращены

Правила канала больше не касаются этого инцидента. Подробности — в Poswatch.`;

async function pass(monitor: TestMonitor): Promise<void> {
  monitor.clock.advance(10 * MINUTE_MS);
  await keepIncidents(monitor.db, monitor.clock());
  await tell(monitor);
}

/** A group in Telegram and a program, which are told by these terms of a damaged database of the organization 1. */
async function startGroupAndProgram(t: Test, terms: Partial<RuleTerms> = {}) {
  const telegram = await startTelegram(t);
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const organizationId = await monitor.addOrganization("Вкусный дом");
  await monitor.addOrganization("Пекарня №1");
  await addRule(monitor, await addChannel(monitor, telegram.channel()), terms);
  const program = await receiveTold(t, monitor, terms);
  const id = await monitor.addPosServer({ name: NAME, organizationId });
  await changeTags(db, ANNA, { id, name: NAME, organizationId }, ["Москва"], monitor.clock());
  await monitor.report(id);
  await monitor.report(id, { error: "нарушена целостность базы", syncedAgoMs: 0 });
  await pass(monitor);
  return {
    monitor,
    db,
    program,
    id,
    administrator: await signedIn(monitor, { isAdministrator: true }),
    message: () => {
      const { text, buttons } = telegram.messages(GROUP_ID).at(-1) ?? {};
      return { text, buttons: buttons?.flat().map((button) => button.text) };
    },
  };
}

type Notified = Awaited<ReturnType<typeof startGroupAndProgram>>;

/** What happens to what was told, by which terms, and how it ended; unless told it goes on. */
const CASES: [
  what: string,
  terms: Partial<RuleTerms>,
  happen: (told: Notified) => Promise<unknown>,
  ended?: { by: string; words: string },
][] = [
  [
    "its organization is archived",
    {},
    ({ administrator }) => administrator.post("/organizations/1/archiving", { archived: "1" }),
    { by: "archived", words: "организация в архиве" },
  ],
  [
    "it is deleted, with the tag that the rule is about",
    { tags: ["Москва"] },
    ({ administrator, id }) => administrator.post(`/pos-servers/${id}/deletion`, { name: NAME }),
    { by: "removed", words: "POS-сервер удалён" },
  ],
  [
    "it is moved to an organization that the rule is not about",
    { organizations: [1] },
    ({ monitor, id }) => moveTo(monitor, id, 2),
  ],
  [
    "it loses the tag that the rule is about",
    { tags: ["Москва"] },
    ({ administrator, id }) => administrator.post(`/pos-servers/${id}/tags`, { tag: [] }),
  ],
  [
    "the rule is gone",
    {},
    async ({ db }) => {
      await db.deleteFrom("notificationRule").execute();
      await queueAllIncidents(db);
    },
  ],
];

for (const [what, terms, happen, ended] of CASES) {
  t.test(`what was told of a POS server has its last word when ${what}`, async (t) => {
    const told = await startGroupAndProgram(t, terms);
    const { monitor, program } = told;
    t.match(told.message(), { text: /^🔴 Тверская, 12/, buttons: ["Занимаюсь"] });
    await happen(told);
    await pass(monitor);
    await pass(monitor);
    const unknown = "Опрос прекращён: чем закончился сбой, неизвестно.\n\nВкусный дом";
    const text = ended ? `⚪ ${NAME}: ${ended.words}\n\n${unknown}` : NO_MORE;
    t.same(told.message(), { text, buttons: [] });
    t.equal(program.events.length, 2);
    const facts = { status: "over", endedBy: ended?.by ?? null, closedAt: ended ? String : null };
    t.match(program.events[1], { event: "closed", incident: { id: 1, ...facts } });
  });
}

t.test("of many, an archived organization counts no more; the last one ends it", async (t) => {
  const monitor = await startMonitor(t);
  const [first, second] = [await monitor.addOrganization("Дом"), await monitor.addOrganization("Пекарня")];
  const third = await monitor.addOrganization("Суши Бар");
  const receiver = await receiveTold(t, monitor, { organizations: [first, second] });
  const ofThird = await receiveTold(t, monitor, { organizations: [third] });
  const ids = await addExchanging(monitor, 9, [first, second, third]);
  await breakAll(monitor, ids);
  await pass(monitor);
  const { db } = monitor;
  for (const id of ids.filter((_id, at) => at % 3 === 2)) await setParked(db, id, true, monitor.clock());
  await pass(monitor);
  const ended = { event: "closed", title: "Опрос приостановлен" };
  t.match(ofThird.events.at(-1), ended, "for its scope it is over, not recovered");
  for (const id of [first, second]) {
    await setArchived(db, id, 1);
    await pass(monitor);
  }
  t.match(receiver.events, [
    { event: "opened", title: "6 POS-серверов не обмениваются" },
    { event: "changed", title: "3 POS-сервера не обмениваются", incident: { failing: 3, members: 3 } },
    { event: "closed", title: "Организация в архиве", text: /Дом, Пекарня$/ },
  ]);
  t.notMatch(JSON.stringify(receiver.events), "Суши Бар");
});

t.test("of many, no organization is named that a rule by tags may not have been about", async (t) => {
  const monitor = await startMonitor(t);
  const { db } = monitor;
  const receiver = await receiveTold(t, monitor, { tags: ["Москва"] });
  const organizationId = await monitor.addOrganization("Вкусный дом");
  const organizations = [organizationId, await monitor.addOrganization("Суши Бар")];
  const ids = await addExchanging(monitor, 8, organizations);
  for (const id of ids.filter((_id, at) => at % 2 === 0))
    await changeTags(db, ANNA, { id, name: NAME, organizationId }, ["Москва"], monitor.clock());
  await breakAll(monitor, ids);
  await pass(monitor);
  for (const id of organizations) await setArchived(db, id, 1);
  await pass(monitor);
  t.match(receiver.events, [{ event: "opened", text: /Вкусный дом — 4$/ }, { event: "closed" }]);
  t.notMatch(JSON.stringify(receiver.events), "Суши Бар");
});

t.test("who may not see it any more is told nothing, and how it ended once they may again", async (t) => {
  const { monitor, admin: administrator } = await startAdministered(t);
  const organizationId = await monitor.addOrganization();
  const { userId } = await signedIn(monitor, { organizations: [organizationId] });
  const receiver = await receiveTold(t, monitor, {}, { userId });
  const id = await monitor.addPosServer({ name: NAME, organizationId });
  await monitor.report(id);
  await monitor.report(id, { error: "нарушена целостность базы", syncedAgoMs: 0 });
  await pass(monitor);
  await administrator.post(`/users/${userId}/rights`, { step: "save" });
  await pass(monitor);
  await monitor.report(id);
  await pass(monitor);
  t.equal(receiver.events.length, 1);
  await administrator.post(`/users/${userId}/rights`, { step: "save", organization: String(organizationId) });
  await pass(monitor);
  t.match(receiver.events.slice(1), [{ event: "closed", title: `${NAME}: восстановлено за 20 мин` }]);
});
