import { createTransport } from "nodemailer";
import t, { type Test } from "tap";
import { request } from "undici";
import { startReceivers } from "../../src/demo/messages/receivers.ts";
import { violations } from "../helpers/axe.ts";
import {
  DESKTOP,
  inEitherScheme,
  launchBrowser,
  openPage,
  PHONE,
  takeScreenshot,
} from "../helpers/browser.ts";

const HTML = "<html><head></head><b>Вёрстка</b></html>";
const EVENT = { event: "opened", title: "Тверская, 12: ошибка синхронизации", incident: { id: 1 } };

/** What takes the messages of the demo, and the page that shows them. */
async function startTestReceivers(t: Test) {
  const { url, smtpPort, close } = await startReceivers({ mail: 0, messages: 0 });
  t.teardown(close);
  return {
    url,
    page: async () => await (await fetch(url)).text(),
    async mail(mail: { subject: string; text: string; html?: string }) {
      const transport = createTransport({ host: "127.0.0.1", port: smtpPort, ignoreTLS: true });
      await transport.sendMail({ from: "Poswatch <p@demo.example>", to: "smena@demo.example", ...mail });
      transport.close();
    },
    async tell(event: object) {
      const headers = { "content-type": "application/json" };
      return (await fetch(`${url}/events`, { method: "POST", headers, body: JSON.stringify(event) })).status;
    },
  };
}

t.test("mails and events stand newest first, with what their readers see", async (t) => {
  const receivers = await startTestReceivers(t);
  t.match(await receivers.page(), "Пока ничего нет");
  await receivers.mail({ subject: "Первое", text: "Просто текст" });
  await receivers.mail({ subject: "Второе", text: "Текст", html: HTML });
  t.equal(await receivers.tell(EVENT), 204);
  t.equal(await receivers.tell({ ...EVENT, event: "closed" }), 204);
  t.equal(await receivers.tell({ other: "words" }), 400);
  const page = await receivers.page();
  t.match(page, /Второе.*Poswatch &lt;p@demo.example&gt; → smena@demo.example.*Первое.*Просто текст/s);
  t.match(page, /Вебхук · 2.* · closed<.* · opened</s);
  t.match(page, '<iframe src="/mails/2" title="Второе" loading="lazy" sandbox="');
  t.notMatch(page, "/mails/1", "without HTML");

  const mail = await request(`${receivers.url}/mails/2`);
  t.equal(await mail.body.text(), '<html><head><base target="_blank"></head><b>Вёрстка</b></html>');
  t.match(mail.headers["content-security-policy"], /^sandbox allow-popups \S+; default-src 'none'; /);
  t.equal((await request(`${receivers.url}/mails/1`)).statusCode, 404);
});

t.test("whatever arrived is escaped", async (t) => {
  const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
  const receivers = await startTestReceivers(t);
  await receivers.mail({ subject: hostile, text: hostile, html: hostile });
  await receivers.tell({ event: hostile, title: hostile });
  const page = await receivers.page();
  t.notMatch(page, "<script>");
  t.notMatch(page, "<img");
  t.match(page, "&lt;script&gt;alert(1)");
});

t.test("the page takes in what arrives, and leaves open what is open", async (t) => {
  const receivers = await startTestReceivers(t);
  await receivers.mail({ subject: "Тверская, 12: ошибка синхронизации", text: "Сбой", html: HTML });
  await receivers.tell({ ...EVENT, text: "о".repeat(200) });
  const browser = await launchBrowser();
  for (const [name, device] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    const page = await openPage(t, browser, { ...device, bypassCSP: true });
    await page.goto(receivers.url);
    for (const summary of await page.locator(".message > summary").all()) await summary.click();
    await receivers.mail({ subject: `Письмо на ${name}`, text: "Сбой" });
    await page.locator(".subject", { hasText: `Письмо на ${name}` }).waitFor();
    await page.frameLocator(".message iframe").getByText("Вёрстка").waitFor();
    t.ok((await page.locator(".message[open]").count()) >= 2, `all stay open on ${name}`);
    await inEitherScheme(page, async (scheme) => {
      t.same(await violations(page), [], `${name}, ${scheme}`);
      await takeScreenshot(page, `messages-${name}-${scheme}`);
    });
    const widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
    t.match(widths, [device.viewport.width, device.viewport.width]);
  }
});
