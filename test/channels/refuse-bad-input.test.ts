import t from "tap";
import { makeCertificate } from "../helpers/certificate.ts";
import { addChannel, formOf, problemsIn, TERMS } from "../helpers/channels.ts";
import { startAdministered, textOf } from "../helpers/page.ts";

const NEW = { scope: "shared", name: "Новый" };
const EMAIL = { ...formOf(TERMS.email), ...NEW, kind: "email", password: "pass-word" };
const TELEGRAM = { ...formOf(TERMS.telegram), ...NEW, kind: "telegram", token: "123456:ABC" };
const MAX = { ...TELEGRAM, kind: "max" };
const WEBHOOK = { ...formOf(TERMS.webhook), ...NEW, kind: "webhook" };

type Fields = Record<string, string>;
/** What is wrong, the field beside which it is said, and what is said. */
type Wrong = [Fields, string, RegExp];

const NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----";
const LONG = /Слишком длинно/;
const UNUSED = /Пароль нужен только вместе с адресом и логином/;
const REQUIRED = /Заполните это поле/;
const REFUSED = /Этот адрес вызывать нельзя: он служебный/;

const WRONG: [Fields, Wrong[]][] = [
  [
    EMAIL,
    [
      [{ name: " " }, "name", REQUIRED],
      [{ name: "x".repeat(81) }, "name", /не больше 80 знаков/],
      [{ name: "КАНАЛ  email" }, "name", /Канал с таким названием уже есть/],
      [{ to: "" }, "to", REQUIRED],
      [{ to: "duty@example.ru, duty" }, "to", /«duty» — не адрес почты/],
      [{ to: "a@b..c" }, "to", /не адрес почты/],
      [{ to: `a@${"b".repeat(254)}` }, "to", /не адрес почты/],
      [{ to: Array.from({ length: 21 }, (_, n) => `a${n}@b.ru`).join(",") }, "to", /Не больше 20 адресов/],
      [{ from: "" }, "from", REQUIRED],
      [{ from: "Poswatch" }, "from", /Укажите адрес или имя с адресом/],
      [{ from: `${"x".repeat(500)} <a@b.ru>` }, "from", LONG],
      [{ host: "" }, "host", REQUIRED],
      [{ host: "https://smtp.example.ru" }, "host", /Укажите имя или адрес сервера/],
      [{ host: "smtp example" }, "host", /Укажите имя или адрес сервера/],
      [{ host: "x".repeat(254) }, "host", /Укажите имя или адрес сервера/],
      [{ host: "169.254.169.254" }, "host", REFUSED],
      [{ host: "[fe80::1]" }, "host", REFUSED],
      [{ port: "" }, "port", /Заполните/],
      [{ port: "0" }, "port", /от 1 до 65535/],
      [{ port: "65536" }, "port", /от 1 до 65535/],
      [{ security: "ssl" }, "security", /Выберите шифрование/],
      [{ login: "x".repeat(501) }, "login", LONG],
      [{ login: "" }, "password", UNUSED],
      [{ password: "" }, "password", REQUIRED],
      [{ password: "x".repeat(501) }, "password", LONG],
      [{ authorities: "smtp.example.ru" }, "authorities", /Это не сертификат/],
      [{ authorities: NO_CERTIFICATE }, "authorities", /Это не сертификат/],
      [{ language: "tlh" }, "language", /./],
      [{ timeZone: "Mars/Olympus" }, "timeZone", /./],
    ],
  ],
  [
    TELEGRAM,
    [
      [{ token: "" }, "token", REQUIRED],
      [{ token: "a token" }, "token", /Это не токен/],
      [{ chatId: "дежурные" }, "chatId", /Укажите номер чата/],
      [{ topicId: "0" }, "topicId", /целое число/],
      [{ baseUrl: "" }, "baseUrl", REQUIRED],
      [{ baseUrl: "https://a:b@bots.example.ru" }, "baseUrl", /без логина и пароля/],
      [{ baseUrl: "http://169.254.169.254/" }, "baseUrl", REFUSED],
      [{ baseUrl: "https://bots.example.ru/?x=1" }, "baseUrl", /начинается с «\?»/],
      [{ proxy: "10.0.0.5:1080" }, "proxy", /Укажите адрес без логина и пароля/],
      [{ proxy: "socks5://a:b@10.0.0.5:1080" }, "proxy", /Укажите адрес без логина и пароля/],
      [{ proxy: "http://169.254.169.254:3128" }, "proxy", REFUSED],
      [{ proxyLogin: "x", proxyPassword: "x" }, "proxyPassword", UNUSED],
      [{ proxy: "http://10.0.0.5:3128", proxyPassword: "x" }, "proxyPassword", UNUSED],
    ],
  ],
  [
    MAX,
    [
      [{ token: "нет" }, "token", /Это не токен. Скопируйте его целиком/],
      [{ chatId: "" }, "chatId", REQUIRED],
      [{ chatId: "@name" }, "chatId", /Укажите номер чата, например -70000000000005/],
    ],
  ],
  [
    WEBHOOK,
    [
      [{ url: "" }, "url", REQUIRED],
      [{ url: "ftp://tickets.example.ru" }, "url", /начинается с https/],
      [{ url: "https://.host/" }, "url", /начинается с https/],
      [{ url: "https://a:b@tickets.example.ru" }, "url", /без логина и пароля/],
      [{ url: "http://[::ffff:169.254.169.254]/" }, "url", REFUSED],
      [{ url: `https://tickets.example.ru/${"x".repeat(500)}` }, "url", LONG],
      [{ secret: "short" }, "secret", /не меньше 16 знаков/],
      [{ secret: "x".repeat(201) }, "secret", LONG],
    ],
  ],
];

t.test("what is wrong is said beside its field, and nothing is made", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  await addChannel(monitor);
  for (const [right, mistakes] of WRONG) {
    for (const [wrong, field, words] of mistakes) {
      const { statusCode, body } = await admin.post("/channels", { ...right, ...wrong });
      t.equal(statusCode, 422, `${right.kind}: ${JSON.stringify(wrong)}`);
      const problems = problemsIn(body);
      t.same(Object.keys(problems), [field]);
      t.match(problems[field], words);
    }
  }
  t.equal((await monitor.db.selectFrom("channel").select("id").execute()).length, 1);
});

t.test("what was typed stays, but for secrets; what is rare is opened where it is wrong", async (t) => {
  const { admin } = await startAdministered(t);
  const typed = { ...EMAIL, name: `Почта <b>"1"`, port: "x", password: "very-secret", authorities: "no PEM" };
  const { body } = await admin.post("/channels", typed);
  t.match(body, 'value="Почта &lt;b&gt;&quot;1&quot;"');
  t.match(body, /name="port"[^>]*value="x"/);
  t.match(body, /<details open>[\s\S]*>\s*no PEM/);
  t.notMatch(body, "very-secret");
  t.notMatch(body, /name="withRule"[^>]* checked/, "a tick that was taken away stays away");
  const proxy = { proxy: "http://10.0.0.5:3128", proxyLogin: "ivan", proxyPassword: "very-secret" };
  const bot = await admin.post("/channels", { ...TELEGRAM, topicId: "x", ...proxy });
  t.match(bot.body, 'value="http://10.0.0.5:3128"');
  for (const secret of ["very-secret", TELEGRAM.token]) t.notMatch(bot.body, secret);
});

t.test("kinds and scopes that there are not are not found", async (t) => {
  const { admin } = await startAdministered(t);
  for (const query of ["kind=pigeon", "kind=email&scope=everybody", "kind=webhook&scope=own"])
    t.equal((await admin.get(`/channels/new?${query}`)).statusCode, 404, query);
  const ledOn = await admin.get("/channels/new?kind=telegram&scope=own");
  t.equal(ledOn.headers.location, "/channels#messengers");
  t.equal((await admin.post("/channels", { ...TELEGRAM, scope: "own" })).statusCode, 404);
  t.equal((await admin.post("/channels", { ...WEBHOOK, scope: "own" })).statusCode, 404);
});

t.test("an authority of one's own is a certificate, and never a key", async (t) => {
  const { monitor, admin } = await startAdministered(t);
  const { cert, key } = await makeCertificate();
  const both = await admin.post("/channels", { ...EMAIL, authorities: `${cert}\n${key}` });
  t.match(textOf(both.body), "закрытый ключ сюда вставлять нельзя");
  const many = await admin.post("/channels", { ...EMAIL, authorities: cert.repeat(70) });
  t.match(textOf(many.body), LONG);
  const authorities = `Our authority:\r\n${cert.replaceAll("\n", "\r\n")}`;
  t.equal((await admin.post("/channels", { ...EMAIL, authorities })).statusCode, 303);
  const { settings } = await monitor.db.selectFrom("channel").select("settings").executeTakeFirstOrThrow();
  t.equal(JSON.parse(settings).authorities, `${cert.trim()}\n`);
});
