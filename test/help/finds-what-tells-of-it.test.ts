import t from "tap";
import { startFor, textOf } from "../helpers/page.ts";

const causesIn = (html: string) => [...html.matchAll(/<div id="cause-(\w+)">/g)].map(([, cause]) => cause);

t.test("only what has all words of a search is shown, and named in the contents", async (t) => {
  const { user } = await startFor(t, {});
  const search = (q: string) => user.html(`/help?q=${encodeURIComponent(q)}`);
  const port = await search("закрыт ПОРТ 5671");
  t.same(causesIn(port), ["amqp_closed"]);
  t.match(textOf(port), "Найдено 1 место. Показать всю справку");
  t.same(port.match(/href="#[\w-]+"/g), [
    'href="#content"',
    'href="#mainServer"',
    'href="#cause-amqp_closed"',
  ]);
  t.match(causesIn(await search("защищенное соединение")), ["secure_channel_failed", "poll_tls"], "Ё as Е");
  t.match(textOf(await search("Telegram")), "Найдено 1 место.");
  t.match(textOf(await search("sudo")), "Ничего не нашлось. Показать всю справку", "the guide is no user's");
  await user.post("/account/preferences", { language: "en", timeZone: "Europe/Moscow" });
  t.match(textOf(await search("5671")), "1 place found. Show the whole help");
});

t.test("administrators find a part of the guide, and odd searches do no harm", async (t) => {
  const { user } = await startFor(t, { isAdministrator: true });
  t.match(await user.html("/help?q=poswatch+doctor"), /<div id="guide-doctor">/);
  const odd = await user.html(`/help?q=${encodeURIComponent(`"><script>${"x".repeat(100)}`)}`);
  t.match(odd, `value="&quot;&gt;&lt;script&gt;${"x".repeat(70)}"`);
  t.match(textOf(odd), "Ничего не нашлось");
  t.ok(causesIn(await user.html("/help?q=+&q=a")).length > 40, "no search at all");
});
