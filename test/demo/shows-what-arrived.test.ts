import t from "tap";
import { request } from "undici";
import { DUTY_GROUP } from "../../src/demo/telegram-world.ts";
import { startTestReceivers } from "../helpers/receivers.ts";

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
const ESCAPED = HOSTILE.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const HTTP_FORBIDDEN = 403;
const HTTP_MISDIRECTED = 421;

t.test("the page shows a message with its buttons, and what was changed in it", async (t) => {
  const receivers = await startTestReceivers(t);
  t.match(await receivers.page(), "Пока ничего нет");

  const message = await receivers.write(
    "🔴 <b>Тверская, 12</b>\n\nСм. https://poswatch.example/1\n\n<i>5 в 02:01</i>",
    [
      { text: "Занимаюсь", callback_data: "take:1" },
      { text: "Открыть", url: "https://poswatch.example/incidents/1" },
    ],
  );
  const first = await receivers.page();
  t.match(first, '🔴 <b>Тверская, 12</b>\n\nСм. <a href="https://poswatch.example/1"');
  t.match(first, "<i>5 в 02:01</i>");
  t.match(first, '<button class="button" name="button" value="Занимаюсь">Занимаюсь</button>');
  t.match(
    first,
    '<a class="button" href="https://poswatch.example/incidents/1" target="_blank" rel="noreferrer">Открыть</a>',
  );
  t.notMatch(first, "изменено");

  const change = { chat_id: DUTY_GROUP.id, message_id: message, text: "✅ Восстановлено" };
  await receivers.callBot("editMessageText", change);
  const changed = await receivers.page();
  t.match(changed, /popovertarget="former-\d+">изменено \d\d:\d\d<\/button>/);
  t.match(changed, /<p class="text">✅ Восстановлено<\/p>/);
  t.match(changed, /popover>.*<b>Тверская, 12<\/b>.*✅ Восстановлено/s, "what it was before");
  t.notMatch(changed, "Занимаюсь</button>");
});

t.test("mails stand newest first, with what their readers see", async (t) => {
  const receivers = await startTestReceivers(t);
  await receivers.mail({ subject: "Первое", text: "Просто текст" });
  const html = "<html><head></head><b>Вёрстка</b></html>";
  await receivers.mail({ subject: "Второе", text: "Текст", html });
  const page = await receivers.page();
  t.match(page, /Второе.*Poswatch &lt;p@demo.example&gt; → smena@demo.example.*Первое.*Просто текст/s);
  t.match(page, '<iframe src="/mails/2" title="Второе" loading="lazy" sandbox="');
  t.notMatch(page, "/mails/1", "without HTML");

  const mail = await request(`${receivers.url}/mails/2`);
  t.equal(await mail.body.text(), '<html><head><base target="_blank"></head><b>Вёрстка</b></html>');
  t.match(mail.headers["content-security-policy"], /^sandbox allow-popups \S+; default-src 'none'; /);
  t.equal((await request(`${receivers.url}/mails/1`)).statusCode, 404);
});

t.test("whatever arrived is escaped", async (t) => {
  const receivers = await startTestReceivers(t);
  await receivers.write(ESCAPED, [{ text: HOSTILE, callback_data: "x" }]);
  await receivers.mail({ subject: HOSTILE, text: HOSTILE, html: HOSTILE });
  await receivers.post("/messages", { as: "stranger", text: HOSTILE });
  await receivers.post("/presses", { as: HOSTILE, chat: HOSTILE, message: "1", button: HOSTILE });
  for (const query of ["", "?as=stranger&chat=private", `?as=${encodeURIComponent(HOSTILE)}`]) {
    const page = await receivers.page(query);
    t.notMatch(page, "<script>");
    t.notMatch(page, "<img");
    t.match(page, "&lt;script&gt;alert(1)");
  }
  const { headers } = await request(receivers.url);
  t.match(headers["content-security-policy"], /^default-src 'none'; script-src 'self'; style-src 'self';/);
});

t.test("nobody acts here but the page itself", async (t) => {
  const receivers = await startTestReceivers(t);
  const fields = { as: "stranger", text: "Привет" };
  for (const headers of [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: receivers.url },
    { origin: "http://evil.example" },
    { origin: "null" },
    {},
  ]) {
    const refused = await receivers.post("/messages", fields, headers as Record<string, string>);
    t.equal(refused.status, HTTP_FORBIDDEN, JSON.stringify(headers));
  }
  t.notMatch(await receivers.page("?as=stranger&chat=private"), "Привет");
  const rebound = await request(receivers.url, { headers: { host: "evil.example" } });
  t.equal(rebound.statusCode, HTTP_MISDIRECTED);

  const { status } = await receivers.post("/messages", fields, { origin: receivers.url });
  t.equal(status, 200);
  const page = await receivers.page("?as=stranger&chat=private");
  t.match(page, /class="message own".*<p class="text">Привет<\/p>/s);
});
