import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { causeKey } from "../../src/protocol/cause-key.ts";
import { cutText, mask, maskStart } from "../../src/protocol/mask/mask.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";

const PHONE = "+7 916 •••-••-67";
/** In a list of 150 lines; one word of an address is shown that tells nothing. */
const HIDDEN = 149;

t.test("lines with guests' data and secrets show none of them", async (t) => {
  const lines = readLines("to-hide.txt");
  t.equal(lines.length, 150);
  const open = lines.filter((line) => openWords(line).length > 0);
  t.ok(lines.length - open.length >= HIDDEN, open.join("\n"));
  for (const line of lines.map(withoutMarks)) t.equal(mask(mask(line)), mask(line), "twice changes nothing");
});

t.test("lines without them stay as they are", async (t) => {
  const lines = readLines("to-keep.txt");
  t.equal(lines.length, 150);
  for (const line of lines) t.equal(mask(line), line);
});

t.test("a mask keeps what helps to understand a line", async (t) => {
  const masked: [string, string][] = [
    ["поиск гостя 8(916)123-45-67, найден", `поиск гостя ${PHONE}, найден`],
    ["GET /guests?phone=%2B79161234567&x=1", `GET /guests?phone=${PHONE}&x=1`],
    ["+375 29 123-45-67 и +998901234567", "+375 •••-••-67 и +998 •••-••-67"],
    ['{"cardNumber":"700112345678901"}', '{"cardNumber":"•••• 8901"}'],
    ["оплата 4111-1111-1111-1111; ok", "оплата •••• 1111; ok"],
    ['{\\"accessToken\\":\\"abc\\",\\"n\\":1}', '{\\"accessToken\\":\\"•••\\",\\"n\\":1}'],
    ["Server=db;Password=my pass;Database=x", "Server=db;Password=•••;Database=x"],
    ["https://u:p@host/x?token=1&shift=2", "https://u:•••@host/x?token=•••&shift=2"],
    ['<add key="DbPassword" value="a b"/>', '<add key="DbPassword" value="•••"/>'],
    ["Order{customer=Customer{name='Пётр'}}", "Order{customer=Customer{name='•••'}}"],
    ["гостя Петра Ильича Сафронова ждут", "гостя ••• ждут"],
    ['"msg":"\\u0433\\u043e\\u0441\\u0442\\u044c \\u0410\\u043d\\u043d\\u0430"', '"msg":"•••"'],
  ];
  for (const [text, expected] of masked) t.equal(mask(text), expected);
  t.equal(mask("вход по abc-1 не удался", ["abc-1"]), "вход по ••• не удался", "a secret that is known");
  for (const text of [
    "size=89161234567, 89161234567 bytes",
    "[ReplicationSession:Complete:304] - Exchange completed in 1843 ms. Sent transactions: 28",
    "Соединение с ЦО, адрес 10.1.0.10:4477 ...",
    "Чек №3481 напечатан на ФР 00106304512",
    "Sync completed, next revision token 0x1F3A, session id 66210",
    "неверный пароль узла RST-104",
  ])
    t.equal(mask(text), text);
  const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nend";
  t.equal(mask(key), "•••\n•••\n•••\n•••\nend", "line by line");
});

t.test("equal causes keep equal keys", async (t) => {
  const causes = ["Гость Иванов Иван не найден", "Гость Ли Анна не найден"].map((cause) =>
    causeKey(mask(cause)),
  );
  t.equal(new Set(causes).size, 1);
  const phones = ["+7 916 123-45-67", "89031112233"].map((phone) => causeKey(mask(`нет гостя ${phone}`)));
  t.equal(new Set(phones).size, 1);
});

t.test("no half of a number or e-mail is left where a text is cut", async (t) => {
  for (const value of ["+79161234567", "+7 (916) 123-45-67", "4111 1111 1111 1111", "ivanov.petr@mail.ru"]) {
    for (let before = 85; before <= 100; before += 1) {
      const text = `${"x".repeat(before - 1)} ${value}, найден`;
      t.equal(maskStart(text, 100), mask(text).slice(0, 100), "as if all of it had been masked first");
      t.notMatch(cutText(text, 100), /\d{2,}$|@/);
    }
  }
  t.equal(maskStart("x".repeat(200), 100), "x".repeat(100));
  const cpuMs = await cpuTimeOf(() => maskStart("8 ".repeat(5_000_000), 1_000));
  t.ok(cpuMs < 100, `${cpuMs} ms`);
});

function readLines(name: string): string[] {
  return readFileSync(join(import.meta.dirname, "masks", name), "utf8")
    .trimEnd()
    .split("\n");
}

function withoutMarks(line: string): string {
  return line.replace(/[⟦⟧]/g, "");
}

/** What can still be read of the values between ⟦ and ⟧. */
function openWords(line: string): string[] {
  const masked = mask(withoutMarks(line)).toLowerCase();
  const rest = line.replace(/⟦[^⟧]*⟧/g, "\n").toLowerCase();
  const count = (text: string, word: string) => text.split(word).length;
  return [...line.toLowerCase().matchAll(/⟦([^⟧]*)⟧/g)].flatMap(([, value = ""]) => {
    const words = [value, ...(value.match(/\p{L}{3,}|\d{5,}/gu) ?? [])];
    return words.filter((word) => count(masked, word) > count(rest, word));
  });
}
