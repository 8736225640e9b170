/// <reference lib="dom" />
import t from "tap";
import { DESKTOP, launchBrowser, PHONE } from "../helpers/browser.ts";
import { addChannel, addOwnChannel, breakChannel, TERMS } from "../helpers/channels.ts";
import { addExchanging } from "../helpers/incidents.ts";
import { startLiveMonitor } from "../helpers/live-monitor.ts";
import { lookAt, STILL_SCREENS } from "../helpers/look-at.ts";
import { waitFor } from "../helpers/wait-for.ts";

t.test("the count follows what is typed and ticked, and only saving saves", async (t) => {
  const monitor = await startLiveMonitor(t);
  const other = await monitor.addOrganization("Пекарня №1");
  const [first = 0] = await addExchanging(monitor, 1, [await monitor.addOrganization("Суши Маркет")]);
  await monitor.report(first, { error: "Unknown failure" });
  const id = await addChannel(monitor);
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  await page.goto(`${monitor.url}/channels/${id}/rules/new`);
  const says = async (text: string) =>
    await waitFor(async () => (await page.textContent("#would-tell"))?.includes(text) ?? false);
  await says("таких инцидентов нет");
  await page.fill("[name=afterMinutes]", "0");
  await page.locator("[name=afterMinutes]").blur();
  await says("сработало бы: 1 инцидент");
  await page.click("text=Все нынешние и будущие организации");
  await says("исправьте поля");
  await page.check(`[name=organization][value="${other}"]`);
  await says("таких инцидентов нет");
  await page.click("text=Отметить все");
  await says("сработало бы: 1 инцидент");
  await page.fill("[name=tags]", "Москва");
  await page.getByRole("button", { name: "Посчитать" }).click();
  await says("таких инцидентов нет");
  t.equal(new URL(page.url()).pathname, `/channels/${id}/rules/new`, "the page stays");
  t.equal(await page.inputValue("[name=tags]"), "Москва");
  await page.locator("[name=afterMinutes]").press("Enter");
  await page.waitForURL(`**/channels/${id}`);
  t.match(await page.textContent(".channel-rules"), /Пекарня №1, Суши Маркет · теги: Москва/);
});

t.test("without a script it is counted by the button, and saved by the other one", async (t) => {
  const monitor = await startLiveMonitor(t);
  const [first = 0] = await addExchanging(monitor, 1);
  await monitor.report(first, { error: "Unknown failure" });
  const id = await addChannel(monitor);
  const options = { ...DESKTOP, javaScriptEnabled: false };
  const page = await monitor.openPage(t, await launchBrowser(), options);
  await page.goto(`${monitor.url}/channels/${id}/rules/new`);
  await page.fill("[name=afterMinutes]", "0");
  await page.click("text=Посчитать");
  t.match(await page.textContent("#would-tell"), "сработало бы: 1 инцидент");
  t.equal(await page.inputValue("[name=afterMinutes]"), "0");
  await page.click("text=Сохранить");
  t.match(await page.textContent(".channel-rules"), "любая неполадка · сразу");
});

t.test("the line about what fails comes and goes on an open status page", async (t) => {
  const monitor = await startLiveMonitor(t);
  await monitor.report(await monitor.addPosServer());
  const id = await addChannel(monitor);
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  await page.goto(`${monitor.url}/pos-servers`);
  const line = page.locator("#page-notices .line");
  t.equal(await line.count(), 0);
  const refresh = () => page.locator("#freshness").dispatchEvent("refresh");
  await breakChannel(monitor, id);
  await waitFor(async () => {
    await refresh();
    return (await line.count()) === 1;
  });
  t.match(await line.textContent(), "Не доходят сообщения: «Канал email»");
  await monitor.app.database.db.updateTable("channel").set({ failingSince: null }).execute();
  await waitFor(async () => {
    await refresh();
    return (await line.count()) === 0;
  });
});

t.test("many channels with long names fit every screen, and everybody can use them", async (t) => {
  const monitor = await startLiveMonitor(t);
  const long = `Почта управляющих ресторанами ${"Северо-Западного ".repeat(2)}округа`;
  const to = [
    `${"duty".repeat(15)}@${"restaurants".repeat(5)}.example.ru`,
    "b@example.ru",
    "c@example.ru",
    "d@e.ru",
  ];
  const terms = { ...TERMS.email, settings: { ...TERMS.email.settings, to } };
  const browser = await launchBrowser();
  for (const [name, screen] of Object.entries(STILL_SCREENS)) {
    const page = await monitor.openPage(t, browser, { ...screen, bypassCSP: true });
    if (name === "desktop") await lookAt(t, await goTo("/channels"), `channels, none, ${name}`);
    if (name === "desktop") {
      const { id: userId } = await monitor.app.database.db
        .selectFrom("user")
        .select("id")
        .executeTakeFirstOrThrow();
      const id = await addChannel(monitor, terms, { name: long, hasDefaultRule: true });
      await addChannel(monitor, TERMS.telegram, { name: `${long} в Telegram` });
      await addChannel(monitor, TERMS.webhook);
      await addOwnChannel(monitor, { userId }, id, { name: `${long}, личная` });
      for (let number = 1; number <= 8; number++)
        await addChannel(monitor, undefined, { name: `Почта ${number}`, hasDefaultRule: true });
      for (const failing of [id, id + 1, id + 2]) await breakChannel(monitor, failing);
    }
    for (const path of ["", "/1", "/1/edit", "/2/edit", "/3", "/1/rules/new", "/1/rules/1", "/4"])
      await lookAt(t, await goTo(`/channels${path}`), `channels${path.replaceAll("/", "-")}, ${name}`);

    async function goTo(path: string) {
      await page.goto(monitor.url + path);
      return page;
    }
  }
});

t.test("no width makes them scroll sideways, in either language", async (t) => {
  const monitor = await startLiveMonitor(t);
  await addExchanging(monitor, 1, [await monitor.addOrganization(`Очень-${"длинное".repeat(12)}`)]);
  const id = await addChannel(monitor, undefined, { name: "Оченьдлинное".repeat(6), hasDefaultRule: true });
  await addChannel(monitor, TERMS.telegram);
  await breakChannel(monitor, id);
  const page = await monitor.openPage(t, await launchBrowser(), DESKTOP);
  for (const language of ["ru", "en"]) {
    await page.context().addCookies([{ name: "language", value: language, url: monitor.url }]);
    for (const path of ["", "/new?kind=telegram&scope=shared", `/${id}`, `/${id}/rules/1`]) {
      await page.goto(`${monitor.url}/channels${path}`);
      for (const width of [320, 390, 640, 760, 999, 1000, 1440]) {
        await page.setViewportSize({ width, height: 800 });
        const shown = await page.evaluate(() => document.documentElement.scrollWidth);
        t.equal(shown, width, `${path}, ${width} px, ${language}`);
      }
    }
  }
});

t.test("on a phone whatever is pressed is high enough for a thumb", async (t) => {
  const monitor = await startLiveMonitor(t);
  const id = await addChannel(monitor, undefined, { hasDefaultRule: true });
  await breakChannel(monitor, await addChannel(monitor, TERMS.telegram));
  const page = await monitor.openPage(t, await launchBrowser(), PHONE);
  for (const path of ["/channels", `/channels/${id}`, "/channels/new", `/channels/${id}/rules/new`]) {
    await page.goto(monitor.url + path);
    const controls =
      "main :is(.button, .name, #page-notices a, .card-link, .card-actions a, select, textarea, input:not([type=checkbox], [type=hidden]), .check):visible";
    for (const control of await page.locator(controls).all()) {
      const height = (await control.boundingBox())?.height ?? 0;
      t.ok(
        height >= 44,
        `${path}: ${await control.evaluate((node) => node.outerHTML.slice(0, 80))}: ${height}`,
      );
    }
  }
});
