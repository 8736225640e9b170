/// <reference lib="dom" />

import { createPublicKey } from "node:crypto";
import type { Page } from "playwright-core";
import t from "tap";
import { recordEvent } from "../../src/monitor/audit-log/record-event.ts";
import { takeCare } from "../../src/monitor/restaurants/acknowledge.ts";
import { changeRestaurantNote } from "../../src/monitor/restaurants/notes.ts";
import { updateKeyId } from "../../src/protocol/agent-update.ts";
import { HOUR_MS } from "../../src/protocol/time-units.ts";
import { offerPackage } from "../helpers/agent-package.ts";
import { SIGNING_KEY } from "../helpers/agent-updates.ts";
import { launchBrowser } from "../helpers/browser.ts";
import { addChannel, addOwnChannel, breakChannel, TERMS } from "../helpers/channels.ts";
import { ACTOR, addEnrolmentCode, askToEnrol, enrolmentOrder } from "../helpers/enrolments.ts";
import { addOneInEachState } from "../helpers/every-state.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { type LiveMonitor, startLiveMonitor } from "../helpers/live-monitor.ts";
import { addArchive, addLogRequest, leavingOut, MEGABYTE } from "../helpers/log-archives.ts";
import { fits, IS_WHOLE_MATRIX, LOOKED_AT, lookAt } from "../helpers/look-at.ts";
import { received } from "../helpers/outcomes.ts";
import { getPage, signedIn } from "../helpers/page.ts";
import { POS_SERVER_ID } from "../helpers/pos-server.ts";
import { addOneOfEach, registeredRoutes } from "../helpers/routes.ts";
import { addRow } from "../helpers/rows.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { kindOf as logKindOf } from "../helpers/teachable-server.ts";
import { offerUpdate } from "../helpers/updatable-agents.ts";
import { addLogArchive, serviceLog } from "../helpers/viewed-archive.ts";
import { waitFor } from "../helpers/wait-for.ts";

const LONG_NAME = "Константинопольская-Преображенская Александра";
const LONG_WORD = "Оченьдлинное".repeat(6);

/** Nothing is at these. */
const GONE = /^\/nowhere$/;

/** The kinds of pages that were looked at. */
const seen = new Set<string>();
const kindOf = (address: string) => address.replace(/\?.*/, "").replaceAll(/\d+/g, ":id");

/** What there may be, the most first, and the addresses at which it is then looked at. */
const SCENES: Record<string, (monitor: LiveMonitor) => Promise<string[]>> = {
  "every state, taken care of, with long names": async (monitor) => {
    const { db } = monitor.app.database;
    const { synced, ...others } = await addOneInEachState(monitor);
    const ids = [...Object.values(others), ...synced];
    const person = { login: "konstantinopolskaya", name: LONG_NAME, organizations: "all" } as const;
    const { userId } = await signedIn(monitor, person);
    const actor = { userId, login: "", name: LONG_NAME, address: "127.0.0.1" };
    const terms = { endsAt: Date.now() + 48 * HOUR_MS, note: "слово".repeat(40), insteadOf: null };
    for (const id of ids)
      await takeCare(db, actor, { kind: "posServer", id, name: "", organizationId: 1 }, terms, Date.now());
    const administrator = await signedIn(monitor, { isAdministrator: true });
    const more = "Москва, работает круглосуточно без выходных, Оченьдлинноеслово-безпробелов-в-теге";
    await administrator.post(`/pos-servers/${others.syncError}/tags`, { more });
    const works = { hours: "ежедневно 10:00-23:00", works: "00:00-24:00", timeZone: "Asia/Yekaterinburg" };
    await administrator.post(`/pos-servers/${others.unreachable}/opening-hours`, works);
    const posServer = { id: others.syncError, name: "", organizationId: 1 };
    const note = {
      phone: "+7 495 555-01-12 доб. 34",
      person: `Мария ${"длинная".repeat(10)}`,
      text: `${"слово".repeat(60)}\n\nвторая строка`,
    };
    await changeRestaurantNote(db, actor, posServer, { note, seenAt: null }, Date.now());
    await monitor.addPosServer({ name: `Очень-${"длинное".repeat(20)}`, address: null });
    await monitor.fail(await monitor.addPosServer({ name: "Невский, 90" }), "unauthorized", "HTTP 401");
    for (let count = 0; count < 6; count++)
      await monitor.fail(await monitor.addPosServer({ name: `Арбат, ${count}` }), "connect_refused");
    const checks = [
      { id: "port", outcome: "ok" as const, value: "31327" },
      { id: "account", outcome: "ok" as const, value: "a-name-without-any-space-wider-than-the-phone" },
    ];
    await monitor.report(others.outdated, { version: "34.0.12", checks });
    return [
      ...["/pos-servers", "/pos-servers?state=sync_error", "/pos-servers?q=nothing-like-it", "/incidents"],
      "/reports/availability",
      ...Object.values(others).map((id) => `/pos-servers/${id}`),
      ...["takings", "tags", "opening-hours"].map((form) => `/pos-servers/${others.syncError}/${form}/new`),
      "/pos-servers?tag=2",
      `/users/${userId}`,
    ];
  },

  "many organizations, the audit log of long subjects": async (monitor) => {
    const { db } = monitor.app.database;
    for (let number = 1; number <= 150; number++) await monitor.addOrganization(`ООО «Ресторан ${number}»`);
    const failure = { code: "connect_timeout", detail: "connect ETIMEDOUT 10.8.3.11:8443" };
    const callFailure = { key: "callFailure" as const, values: failure };
    await recordEvent(db, ACTOR, { action: "pos_server_poll", result: "failed", detail: [callFailure] }, 1);
    await recordEvent(db, ACTOR, { action: "user_create", subject: "x".repeat(90) }, 2);
    return ["/audit", "/users", "/users/new", "/organizations"];
  },

  "many channels with long names, some of which fail": async (monitor) => {
    const to = `${"duty".repeat(15)}@${"restaurants".repeat(5)}.example.ru, b@example.ru, c@example.ru`;
    const terms = { ...TERMS.email, settings: { ...TERMS.email.settings, to } };
    const id = await addChannel(monitor, terms, { name: LONG_WORD, hasDefaultRule: true });
    await addChannel(monitor, TERMS.telegram, { name: `${LONG_NAME} в Telegram` });
    await addChannel(monitor, TERMS.webhook);
    const user = await monitor.db.selectFrom("user").select("id as userId").executeTakeFirstOrThrow();
    await addOwnChannel(monitor, user, id, { name: `${LONG_NAME}, личная` });
    await addExchanging(monitor, 1, [await monitor.addOrganization(LONG_WORD)]);
    for (const failing of [id, id + 1, id + 2]) await breakChannel(monitor, failing);
    const paths = ["", "/1", "/1/edit", "/2/edit", "/3", "/1/rules/new", "/1/rules/1", "/4"];
    return paths.map((path) => `/channels${path}`);
  },

  "what waits for an agent that is away, and logs on their way": async (monitor) => {
    const organizationId = await monitor.addOrganization("ООО «Вкусный дом»", "100237");
    const away = { connection: "dial_out", address: null, identity: POS_SERVER_ID } as const;
    const id = await monitor.addPosServer({ ...away, organizationId, name: "Тверская-Ямская у вокзала, 12" });
    const service = { name: "iikoCard5POS", state: "stopped", startedAt: null } as const;
    await monitor.report(id, { error: "нарушена целостность базы", service });
    const administrator = await signedIn(monitor, { isAdministrator: true });
    const path = `/pos-servers/${id}`;
    const { headers } = await administrator.post(`${path}/service-starts`);
    await administrator.post(`${String(headers.location)}/cancellation`);
    const reset = await administrator.post(`${path}/database-resets`, { crmId: "100237", startService: "1" });
    if (reset.statusCode !== 303) throw new Error(reset.body);
    const planned = { plannedFiles: 3, plannedBytes: 64 * MEGABYTE, receivedBytes: 41 * MEGABYTE };
    const request = await addLogRequest(monitor, id, { ...planned, ...leavingOut(30) });
    await addArchive(monitor, request, { logBytes: 18 * MEGABYTE });
    await addArchive(monitor, request, { path: null, zipBytes: null, status: "planned" });
    const forms = ["database-resets", "service-starts", "log-requests"].map((form) => `${path}/${form}/new`);
    return [
      ...["/pos-servers?period=3650", path, ...forms, String(headers.location), "/database-resets/1"],
      `/log-requests/${request}`,
    ];
  },

  "an update of agents that one of them did not survive": async (monitor) => {
    const { db } = monitor.app.database;
    const { manifest } = await offerUpdate(monitor.dataDir, SIGNING_KEY, "0.3.0");
    const updateKey = updateKeyId(createPublicKey(SIGNING_KEY));
    const agent = { version: "0.2.0", platform: "linux-x64", updateKey };
    const now = Date.now();
    const offered = { version: "0.3.0", sha256: manifest.slice(0, 64), keyId: updateKey };
    const stopped = { startedAt: now, userName: LONG_NAME, stoppedAt: now };
    await addRow(db, "agentRollout", { ...offered, ...stopped });
    for (const [index, state] of (["done", "sent", "failed", "waiting"] as const).entries()) {
      const name = `Невский проспект, ${index}, торговый центр «Невский центр», 4 этаж`;
      const posServerId = await monitor.addPosServer({ name });
      await monitor.report(posServerId, { agent });
      const update = { rolloutId: 1, posServerId, state, stateSince: now };
      await db.insertInto("agentUpdate").values(update).execute();
    }
    return ["/enrolments", "/enrolments?version=0.2.0", "/agents/rollouts/new"];
  },

  "agents that ask to be let in, and users with long names": async (monitor) => {
    const { db } = monitor.app.database;
    offerPackage(monitor);
    const organizationId = await monitor.addOrganization("ООО «Столовая Полдень на Заводской»", "100237");
    const host = "KASSA-ZAVODSKAYA-06.office.stolovaya-polden.example";
    await askToEnrol(monitor, enrolmentOrder(await addEnrolmentCode(monitor, { organizationId }), { host }));
    await db.updateTable("posServer").set({ name: "Заводская, 6" }).execute();
    await askToEnrol(monitor, enrolmentOrder(await addEnrolmentCode(monitor), { crmId: "100999" }));
    await addEnrolmentCode(monitor);
    const name = "Константинопольская-Переяславцева Александра Владимировна";
    await signedIn(monitor, { login: "konstantinopolskaya", name, isAdministrator: true });
    return ["/enrolments", "/users", "/pos-servers"];
  },

  "logs in the viewer": async (monitor) => {
    const longLine = `[2026-11-24 23:00:00,000] INFO  [1] — ${"оченьдлинноеслово".repeat(300)}\r\n`;
    const id = await addLogArchive(monitor, {
      "2026-11-24/sync-1340.log": serviceLog(600),
      [`2026-11-24/${"длинное-имя-".repeat(12)}.log`]: longLine.repeat(3),
      "empty.log": "",
      "_README.txt": "locked.log: EBUSY",
      "short.log": serviceLog(60),
    });
    const removed = await addLogArchive(monitor, null, { removedAt: monitor.clock() });
    const missing = await addLogArchive(monitor, null);
    const path = `/log-archives/${id}/files`;
    // A page that waits would turn into the log under the eyes of axe.
    for (const position of [1, 2, 3, 4, 5])
      await waitFor(async () => (await getPage(monitor.app, `${path}/${position}`)).statusCode !== 202);
    return [
      ...["/1", "/5?line=50&q=заказ#L50", "/5?line=59&q=нет-такого&find=next", "/5?go=когда-то"],
      ...["/1?after=560", "/1?line=101&show=errors", "/2", "/3", ""],
    ]
      .map((file) => `${path}${file}`)
      .concat([`/log-archives/${removed}/files`, `/log-archives/${missing}/files/1`]);
  },

  "one of everything, at each other address": async (monitor) => {
    const { requestOf } = await addOneOfEach(monitor);
    const addresses = registeredRoutes(monitor)
      .filter((route) => route.startsWith("GET "))
      .map((route) => requestOf(route).url)
      .filter((url) => IS_WHOLE_MATRIX || !seen.has(kindOf(url)));
    const pages = [];
    for (const url of addresses) {
      await waitFor(async () => (await getPage(monitor.app, url)).statusCode !== 202);
      const { statusCode, body } = await getPage(monitor.app, url);
      if (statusCode === 500) throw new Error(`${url}: ${body}`);
      if (statusCode === 200 && /^\s*<!doctype html>/i.test(body)) pages.push(url);
    }
    return pages;
  },

  "nothing yet, and what is wrong in an address": async () => [
    ...["/pos-servers", "/channels", "/incidents", "/organizations", "/nowhere", "/settings/polling?saved=1"],
    "/pos-servers?period=zz&organization=abc&q=%D1%82%D0%B2",
    "/incidents?show=closed&organization=abc",
    "/audit?from=zz&organization=abc&action=sign_in",
    ...["email", "telegram", "max", "webhook"].map((kind) => `/channels/new?kind=${kind}&scope=shared`),
  ],
};

/** What of a page leads to no address that there is, or does nothing without a script. */
async function deadEnds(page: Page, routes: string[]): Promise<string[]> {
  const addresses = routes.map((route) => new RegExp(`^${route.replaceAll(/:\w+/g, "[^/]+")}$`));
  const { isDead, targets } = await page.evaluate(() => {
    const path = (url: string) => new URL(url, location.href).pathname;
    const links = [...document.querySelectorAll(`a[href^="/"]`)].map(
      (link) => link.getAttribute("href") ?? "",
    );
    const forms = [...document.querySelectorAll<HTMLFormElement>("form:not([method=dialog])")];
    const scripted = [...document.querySelectorAll("[data-dialog], [data-dialog-close], [hx-post]")].filter(
      (element) => !element.closest("a[href], form[action]") && !(element as HTMLButtonElement).form,
    );
    return {
      isDead: scripted.map(({ outerHTML }) => outerHTML),
      targets: [
        ...links.map((link) => `GET ${path(link)}`),
        ...forms.map((form) => `${form.method.toUpperCase()} ${path(form.getAttribute("action") ?? "")}`),
      ],
    };
  });
  const isThere = (target: string) => addresses.some((address) => address.test(target));
  return [...isDead, ...new Set(targets.filter((target) => !isThere(target)))];
}

/** Axe looks once at each kind of page: in the scene that comes first, and has most. */
function isFirstOfItsKind(address: string): boolean {
  const isFirst = !seen.has(kindOf(address));
  seen.add(kindOf(address));
  return isFirst || IS_WHOLE_MATRIX;
}

for (const [scene, prepare] of Object.entries(SCENES)) {
  t.test(`everybody can use each page, on every screen: ${scene}`, async (t) => {
    const kinds = [
      logKindOf("SyncJob # done", { lastAt: new Date().toISOString() }),
      logKindOf("Exchange failed"),
    ];
    const listLogKinds = async () =>
      ({ ok: true, value: { kinds, lines: 2, isCut: false }, receivedAt: Date.now() }) as const;
    const client = createScriptedClient(() => received(Date.now()), { listLogKinds });
    const monitor = await startLiveMonitor(t, { client });
    const routes = registeredRoutes(monitor);
    const page = await monitor.openPage(t, await launchBrowser(), LOOKED_AT);
    const addresses = await prepare(monitor);
    t.ok(addresses.length > 2);
    for (const address of addresses) {
      const status = (await page.goto(monitor.url + address))?.status();
      t.equal(status === 404, GONE.test(address), `${address} is there`);
      t.not(status, 500, `${address} has all its words`);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll<HTMLDetailsElement>("details:not(.menu)"))
          details.open = true;
      });
      t.same(await deadEnds(page, routes), [], `${address} leads somewhere, also without a script`);
      await (isFirstOfItsKind(address) ? lookAt : fits)(t, page, address);
      if (!IS_WHOLE_MATRIX) continue;
      await page.context().addCookies([{ name: "language", value: "en", url: monitor.url }]);
      t.equal((await page.reload())?.status(), status, `${address} in English`);
      await fits(t, page, `${address} in English`);
      await page.context().addCookies([{ name: "language", value: "ru", url: monitor.url }]);
    }
  });
}
