/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t, { type Test } from "tap";
import { DESKTOP } from "../helpers/browser.ts";
import { type LiveMonitor, startLiveMonitor } from "../helpers/live-monitor.ts";
import { addArchive, addLogRequest, leavingOut, MEGABYTE } from "../helpers/log-archives.ts";
import { LOOKED_AT, lookAt } from "../helpers/look-at.ts";
import { failed, received } from "../helpers/outcomes.ts";
import { changeRows } from "../helpers/rows.ts";
import { createScriptedClient } from "../helpers/scripted-client.ts";
import { waitFor } from "../helpers/wait-for.ts";

const SMALLEST_PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
const OPEN = "#dialog[open]";
const TITLE = "Логи POS-сервера «Тверская, 12»";

/** A chain whose POS servers answer until told otherwise; no runner takes the requests that the test adds. */
async function start(t: Test) {
  const state: { isReachable: boolean; error: string | null } = {
    isReachable: true,
    error: "Главный сервер не ответил",
  };
  const client = createScriptedClient(() =>
    state.isReachable
      ? received(Date.now(), { error: state.error })
      : failed(Date.now(), "connect_refused", "ECONNREFUSED"),
  );
  const monitor = await startLiveMonitor(t, { client });
  const id = await monitor.addPosServer({ name: "Тверская, 12" });
  for (let index = 0; index < 30; index++) await monitor.addPosServer({ name: `Арбат, ${index}` });
  await monitor.report(id, { error: "Главный сервер не ответил" });
  const open = (device?: object) => monitor.visit(t, "/pos-servers?period=3650", device);
  /** With the dialog open that a button of the row opens. */
  const openDialog = async (device?: object) => {
    const page = await open(device);
    await buttonOf(page, id).click();
    return page;
  };
  return { monitor, id, state, open, openDialog };
}

const buttonOf = (page: Page, id: number) => page.locator(`#pos-server-${id} .cell-step a`);

const refresh = (page: Page) => page.locator("#freshness").dispatchEvent("refresh");
const focused = (page: Page) => page.evaluate(() => document.activeElement?.outerHTML ?? "");

t.test("the dialog opens over the table, is closed in every way, and gives the focus back", async (t) => {
  const { id, open } = await start(t);
  const page = await open();
  const button = buttonOf(page, id);
  const closings: Record<string, () => Promise<void>> = {
    "«Закрыть»": () => page.click("[data-dialog-close]"),
    "the cross": () => page.click(".dialog-cross"),
    Escape: () => page.keyboard.press("Escape"),
    "a click beside it": () => page.mouse.click(20, 500),
  };
  for (const [how, close] of Object.entries(closings)) {
    await button.focus();
    await page.keyboard.press("Enter");
    await page.locator(OPEN).waitFor();
    t.equal(await page.locator("#dialog").evaluate((dialog) => dialog.matches(":modal")), true, how);
    t.match(await focused(page), /id="dialog-title"/, how);
    t.equal(await page.getByRole("dialog", { name: TITLE }).count(), 1, "it is labelled by its title");
    await close();
    await page.locator(OPEN).waitFor({ state: "detached" });
    t.match(await focused(page), new RegExp(`/pos-servers/${id}/log-requests/new`), `focus after ${how}`);
  }
  t.match(page.url(), /\/pos-servers\?period=3650$/);
});

t.test("a click beside it does not throw away what was typed, and Tab stays inside", async (t) => {
  const { openDialog } = await start(t);
  const page = await openDialog(LOOKED_AT);
  await lookAt(t, page, "the dialog of logs");
  await page.fill("[name=maxMegabytes]", "55");
  await page.mouse.click(20, 500);
  t.equal(await page.inputValue(`${OPEN} [name=maxMegabytes]`), "55");
  for (let step = 0; step < 30; step++) {
    await page.keyboard.press("Tab");
    t.ok(await page.evaluate(() => document.activeElement?.matches("body, #dialog *, #dialog")));
  }
});

t.test("the refresh of the table leaves the dialog alone", async (t) => {
  const { monitor, id, state, openDialog } = await start(t);
  const page = await openDialog();
  await page.fill("[name=maxMegabytes]", "55");
  state.error = "нарушена целостность базы";
  await waitFor(async () => {
    await monitor.app.pollNow(id);
    await refresh(page);
    return (await page.textContent(`#pos-server-${id} .cell-step`))?.includes("Сбросить") === true;
  });
  t.equal(await page.inputValue(`${OPEN} [name=maxMegabytes]`), "55");
  t.match(await focused(page), /name="maxMegabytes"/);
  await page.keyboard.press("Escape");
  t.match(await focused(page), new RegExp(`/pos-servers/${id}/`), "the step is another one now");
});

t.test("problems are shown in the dialog, and a right form becomes its request", async (t) => {
  const { monitor, id, state, openDialog } = await start(t);
  const page = await openDialog();
  await page.fill("[name=maxMegabytes]", "много");
  await page.click("text=Запросить логи");
  await page.locator(`${OPEN} #problem-maxMegabytes`).waitFor();
  t.match(await focused(page), /name="maxMegabytes"/);
  t.equal(await page.inputValue("[name=maxMegabytes]"), "много");

  state.isReachable = false;
  await page.fill("[name=maxMegabytes]", "100");
  await page.click("text=Запросить логи");
  await page.getByText("POS-сервер не принимает соединения: в соединении отказано").first().waitFor();
  t.same(await listRequests(monitor), []);
  state.isReachable = true;
  await page.click("text=Запросить логи");
  await page.locator(`${OPEN} #log-progress`).waitFor();
  t.match(await listRequests(monitor), [{ posServerId: id, maxBytes: 100 * MEGABYTE }]);
  t.match(page.url(), /\/pos-servers\?period=3650$/);
});

async function listRequests({ app }: LiveMonitor) {
  return await app.database.db.selectFrom("logRequest").selectAll().execute();
}

t.test("a running request follows itself, keeps scroll and focus, and stops when it ends", async (t) => {
  const { monitor, id, open } = await start(t);
  const { db } = monitor.app.database;
  const planned = { plannedFiles: 2, plannedBytes: 64 * MEGABYTE, receivedBytes: 20 * MEGABYTE };
  const request = await addLogRequest(monitor, id, { ...planned, ...leavingOut(30) });
  for (let index = 0; index < 12; index++) await addArchive(monitor, request);
  const page = await open({ viewport: { width: 1440, height: 560 } });
  const statuses: number[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith(`/log-requests/${request}`)) statuses.push(response.status());
  });
  await buttonOf(page, id).click();
  await page.click(`a[href="/log-requests/${request}"]`);
  await page.locator(`${OPEN} progress[value="${20 * MEGABYTE}"]`).waitFor();
  await page.locator(".rows li > a").nth(5).focus();
  const scrolled = await page.locator(".dialog-body").evaluate((body) => {
    body.scrollTop = 90;
    return body.scrollTop;
  });
  t.equal(scrolled, 90);
  await waitFor(() => statuses.includes(304));

  const receivedBytes = 40 * MEGABYTE;
  await db.updateTable("logRequest").set({ receivedBytes }).execute();
  await page.locator(`${OPEN} progress[value="${40 * MEGABYTE}"]`).waitFor();
  t.match(await focused(page), /href="\/log-archives\//);
  t.equal(await page.locator(".dialog-body").evaluate((body) => body.scrollTop), 90);

  await db.updateTable("logRequest").set({ status: "done", finishedAt: Date.now() }).execute();
  await page.getByText("Получено 12 архивов, логов").waitFor();
  const ends = page.locator(`${OPEN} .archive-end`);
  const edges = await ends.evaluateAll((all) =>
    all.map((end) => [...end.children].map((part) => part.getBoundingClientRect().left)),
  );
  t.equal(new Set(edges.map(String)).size, 1, "what archives offer stands under each other");
  t.equal(edges[0]?.[0], (await page.locator(".rows li > a").first().boundingBox())?.x);
  t.equal(await page.locator("#dialog-poll").count(), 0);
  t.ok(await page.locator(OPEN).isVisible());
});

t.test("the dialog holds its height from the form to the archives", async (t) => {
  for (const device of [DESKTOP, SMALLEST_PHONE]) {
    const { monitor, id, open } = await start(t);
    const { db } = monitor.app.database;
    await monitor.app.logRequests.stop();
    const page = await open(device);
    const heights: Record<string, number> = {};
    const measure = async (what: string) => {
      heights[what] = await page.locator(OPEN).evaluate(async (dialog) => {
        await Promise.allSettled(dialog.getAnimations().map(({ finished }) => finished));
        return Math.round(dialog.getBoundingClientRect().height);
      });
    };
    if (device === SMALLEST_PHONE) await buttonOf(page, id).tap();
    else await buttonOf(page, id).click();
    await page.locator(OPEN).waitFor();
    await measure("form");
    const footer = await page.locator(`${OPEN} .dialog-footer`).boundingBox();
    t.ok(footer && footer.y + footer.height <= device.viewport.height, "the buttons are in sight");
    await page.click("text=Запросить логи");
    await page.locator(`${OPEN} #log-progress`).waitFor();
    await measure("queued");
    await db.updateTable("logRequest").set({ status: "running", startedAt: Date.now() }).execute();
    await page.getByText("Узнаём у POS-сервера").waitFor();
    await measure("listing");
    const [request] = await listRequests(monitor);
    if (!request) throw new Error("no request");
    for (let index = 0; index < 2; index++) {
      await addArchive(monitor, request.id, { path: null, zipBytes: null, status: "planned" });
    }
    await changeRows(db, "logRequest", {
      plannedFiles: 2,
      plannedBytes: 40 * MEGABYTE,
      receivedBytes: 20 * MEGABYTE,
    });
    await page.locator(`${OPEN} .rows li`).nth(1).waitFor();
    await measure("running");
    await db
      .updateTable("logArchive")
      .set(({ cast, ref }) => ({
        status: "done",
        zipBytes: 72_499,
        logBytes: 537_600,
        path: cast<string>(ref("id"), "text"),
      }))
      .execute();
    await changeRows(db, "logRequest", {
      status: "done",
      finishedAt: Date.now(),
      receivedBytes: 40 * MEGABYTE,
      receivedFiles: 2,
    });
    await page.getByText("Получено 2 архива").waitFor();
    t.equal(await page.getByText("70,8 кБ · логи 525 кБ").count(), 2, "too long to stand beside the names");
    await measure("done");
    t.equal(new Set(Object.values(heights)).size, 1, JSON.stringify(heights));
  }
});

t.test("when the server is gone the dialog says so and keeps what was typed", async (t) => {
  const { openDialog } = await start(t);
  const page = await openDialog();
  await page.fill("[name=maxMegabytes]", "55");
  await page.context().setOffline(true);
  await page.click("text=Запросить логи");
  await page.getByText("Нет связи с сервером Poswatch. Попробуйте ещё раз.").waitFor();
  t.equal(await page.inputValue(`${OPEN} [name=maxMegabytes]`), "55");
  await page.context().setOffline(false);
  await page.click("text=Запросить логи");
  await page.locator(`${OPEN} #log-progress`).waitFor();
});

t.test("a preset keeps the cap that was typed; dates that are typed are of no preset", async (t) => {
  const { openDialog } = await start(t);
  const page = await openDialog();
  await page.locator(OPEN).waitFor();
  const current = page.locator(".presets [aria-current]");
  await page.fill("#maxMegabytes", "33");
  await page.click("text=последняя неделя");
  await page.locator(".presets [aria-current]:focus", { hasText: "последняя неделя" }).waitFor();
  t.equal(await page.inputValue("#maxMegabytes"), "33");
  await page.fill("#from", "2026-11-20T08:00");
  t.equal(await current.textContent(), "свой период");
  await current.click();
  await page.locator("#from:focus").waitFor();
  t.equal(await page.inputValue("#from"), "2026-11-20T08:00");
});

t.test("whoever loses the right while the dialog is open is told so in it", async (t) => {
  const { monitor, openDialog } = await start(t);
  const page = await openDialog();
  await page.locator(OPEN).waitFor();
  const { db } = monitor.app.database;
  await db.updateTable("user").set({ isAdministrator: 0, hasAllOrganizations: 0 }).execute();
  await db.deleteFrom("userOrganization").execute();
  await page.click("text=Запросить логи");
  await page.locator(`${OPEN} [role=alert]`, { hasText: "права" }).waitFor();
  t.equal(await page.locator(`${OPEN} nav, ${OPEN} main`).count(), 0, "not a whole page within the dialog");
});
