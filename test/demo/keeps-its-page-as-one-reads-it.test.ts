/// <reference lib="dom" />
import type { Page } from "playwright-core";
import t from "tap";
import { violations } from "../helpers/axe.ts";
import {
  DESKTOP,
  inEitherScheme,
  launchBrowser,
  openPage,
  PHONE,
  takeScreenshot,
} from "../helpers/browser.ts";
import { startTestReceivers } from "../helpers/receivers.ts";

const BUTTON = { text: "Занимаюсь", callback_data: "take:1" };
const HTML = "<html><head></head><body><h1>Тверская, 12</h1></body></html>";

t.test("what arrives appears by itself, and leaves alone what is typed, open and scrolled", async (t) => {
  const receivers = await startTestReceivers(t);
  for (let count = 1; count <= 20; count++)
    await receivers.callBot("sendMessage", { chat_id: 310450117, text: `Сбой ${count}` });
  await receivers.mail({ subject: "Тверская, 12", text: "Сбой", html: HTML });
  const page = await openPage(t, await launchBrowser(), DESKTOP);
  await page.goto(`${receivers.url}/?as=admin&chat=private`);
  await page.locator(".mail > summary").click();
  await page.frameLocator(".mail iframe").getByText("Тверская, 12").waitFor();
  await page.getByLabel("Сообщение боту").fill("/start ABC");
  t.equal(await distanceFromEnd(page), 0, "it begins at the newest message");

  await receivers.callBot("sendMessage", { chat_id: 310450117, text: "Новое сообщение" });
  await page.getByText("Новое сообщение").waitFor();
  t.equal(await distanceFromEnd(page), 0, "and stays there");
  await page.locator(".chat").evaluate((chat) => chat.scrollBy(0, -400));
  await receivers.mail({ subject: "Арбат, 5", text: "Сбой" });
  await page.locator(".subject", { hasText: "Арбат, 5" }).waitFor();
  t.equal(await distanceFromEnd(page), 400);
  t.equal(await page.getByLabel("Сообщение боту").inputValue(), "/start ABC");
  t.ok(await page.frameLocator(".mail iframe").getByText("Тверская, 12").isVisible(), "the mail is open");
  t.equal(await page.locator(".mail[open]").count(), 1);

  await page.getByRole("button", { name: "Отправить" }).click();
  await page.locator(".message.own", { hasText: "/start ABC" }).waitFor();
  t.equal(await page.getByLabel("Сообщение боту").inputValue(), "");
});

t.test("a button is pressed as whoever is chosen, without another page", async (t) => {
  const receivers = await startTestReceivers(t);
  await receivers.write("Сбой", [BUTTON]);
  const page = await openPage(t, await launchBrowser(), PHONE);
  await page.goto(receivers.url);
  await page.evaluate("document.isTheSame = true");
  await page.getByRole("link", { name: "Менеджер" }).click();
  await page.waitForURL(/as=manager/);
  const update = receivers.callBot("getUpdates", { timeout: 50 });
  await page.getByRole("button", { name: "Занимаюсь" }).click();
  const [{ callback_query }] = (await update) as unknown as [
    { callback_query: { id: string; from: { id: number } } },
  ];
  t.equal(callback_query.from.id, 422906540);
  const answer = { callback_query_id: callback_query.id, text: "Вы занимаетесь" };
  await receivers.callBot("answerCallbackQuery", answer);
  await page.getByRole("status").getByText("Вы занимаетесь").waitFor();
  t.match(await page.getByRole("status").textContent(), /Пётр Смирнов видит: Вы занимаетесь$/);
  t.equal(await page.evaluate("document.isTheSame"), true);
});

t.test("the page is there for everybody, in either scheme, on desktop and phone", async (t) => {
  const receivers = await startTestReceivers(t);
  const message = await receivers.write("🔴 <b>Тверская, 12: ошибка синхронизации</b>\n\n<i>5 в 02:01</i>", [
    BUTTON,
  ]);
  const change = { chat_id: -1002345678901, message_id: message, text: "✅ Восстановлено за 24 мин" };
  await receivers.callBot("editMessageText", change);
  await receivers.write(`Сбой с очень длинным словом: ${"о".repeat(200)}`, [
    BUTTON,
    { text: "Открыть", url: "https://poswatch.example" },
  ]);
  await receivers.post("/messages", { as: "stranger", text: "Здравствуйте" });
  await receivers.mail({ subject: "Тверская, 12: ошибка синхронизации", text: "Сбой", html: HTML });
  await receivers.post("/presses", { as: "admin", message: "1", button: "Нет такой" });
  const browser = await launchBrowser();
  for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    const page = await openPage(t, browser, { ...device, bypassCSP: true });
    for (const [view, query] of Object.entries({
      group: "?as=admin",
      private: "?as=stranger&chat=private",
    })) {
      await page.goto(`${receivers.url}/${query}`);
      await page.locator(".mail > summary").click();
      await inEitherScheme(page, async (scheme) => {
        t.same(await violations(page), [], `${view} on ${name}, ${scheme}`);
        await takeScreenshot(page, `arrivals-${view}-${name}-${scheme}`);
      });
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      t.equal(widths[0], widths[1], `${view} is as wide as a ${name}`);
    }
  }
});

/** Pixels between what is seen of the chat and its newest message. */
async function distanceFromEnd(page: Page): Promise<number> {
  return await page.locator(".chat").evaluate((chat) => Math.round(-chat.scrollTop));
}
