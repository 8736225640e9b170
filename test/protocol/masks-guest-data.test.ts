import t from "tap";
import { cutBetweenNumbers, maskGuestData, maskNames } from "../../src/protocol/mask-guest-data.ts";
import { maskedStart } from "../../src/protocol/mask-secrets.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";

const PHONE = "+7 916 •••-••-67";
const CARD = "•••• 1111";

t.test("phone numbers of guests are masked however they are written", async (t) => {
  const spellings = [
    "+79161234567",
    "+7 916 123-45-67",
    "+7 (916) 123-45-67",
    "+7-916-123-45-67",
    "+7\u00A0916\u00A0123\u00A045\u00A067",
    "89161234567",
    "8 916 123 45 67",
    "8(916)123-45-67",
    "79161234567",
    "(916) 123-45-67",
  ];
  for (const spelling of spellings) {
    t.equal(maskGuestData(`поиск гостя ${spelling}, найден`), `поиск гостя ${PHONE}, найден`, spelling);
    t.equal(maskGuestData(spelling), PHONE, `${spelling} alone`);
    t.equal(maskGuestData(`"phone":"${spelling}"`), `"phone":"${PHONE}"`, `${spelling} in JSON`);
  }
  t.equal(maskGuestData("GET /guests?phone=%2B79161234567&x=1"), `GET /guests?phone=${PHONE}&x=1`);
  t.equal(maskGuestData("phone: 9161234567"), `phone: ${PHONE}`);
  t.equal(maskGuestData("user_79161234567"), `user_${PHONE}`);
  t.equal(maskGuestData("телефон +7 (495) 000-11-22."), "телефон +7 495 •••-••-22.");
  t.equal(maskGuestData("+375 29 123-45-67 и +998901234567"), "+375 •••-••-67 и +998 •••-••-67");
  t.equal(maskGuestData("+79161234567,+79167654321"), `${PHONE},+7 916 •••-••-21`);
});

t.test("card numbers are masked", async (t) => {
  for (const between of ["", " ", "-", "\u00A0"]) {
    const card = ["4111", "1111", "1111", "1111"].join(between);
    t.equal(maskGuestData(`оплата ${card}; ok`), `оплата ${CARD}; ok`, card);
  }
  t.equal(maskGuestData("карта 7001 1234 5678 9012, баланс"), "карта •••• 9012, баланс");
  t.equal(maskGuestData("карта 7001123456789012"), "карта •••• 9012", "a word before it");
  t.equal(maskGuestData('{"cardNumber":"700112345678901"}'), '{"cardNumber":"•••• 8901"}');
  t.equal(maskGuestData("378282246310005"), "•••• 0005", "15 digits");
  t.equal(maskGuestData("6304000000000000000"), "•••• 0000", "19 digits");
});

t.test("what is no phone and no card stays as it is", async (t) => {
  const texts = [
    "[2019-04-05 14:58:52,546] DEBUG [48] — text",
    "2026-11-24T13:43:00.000Z",
    "24.11.2026 13:42:10.003",
    "20261124134210",
    "20261124134210003",
    "1795525200003",
    "1795525200000000",
    "1795525200",
    "638679253300000000",
    "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c2",
    "12345678-1234-1234-1234-123456789012",
    "89161234-5678-9012-3456-789161234567",
    "8.9.16123.4567",
    "10.8.3.11:8443",
    "192.168.100.200",
    "баланс 4523,50; сумма 1234567,00; 89161234567,50",
    "начислено 12 345 678.90",
    "ревизия 4200123, 1.2 с",
    "7001123456789013",
    "7001123456789013000",
    "sha256:79161234567a0b1c2d3e4f5a6b7c8d9e",
    "0x89161234567",
    "заказ 10023, 2026-11-24 89 16 12",
    "размер 222298112 байт",
    "8 из 10, 7 916 строк",
  ];
  for (const text of texts) t.equal(maskGuestData(text), text, text);
});

t.test("no half of a number is left where a text is cut", async (t) => {
  for (const number of ["+79161234567", "+7 (916) 123-45-67", "89161234567", "4111 1111 1111 1111"]) {
    for (let before = 90; before <= 100; before += 1) {
      const text = `${"x".repeat(before - 1)} ${number}, найден`;
      const kept = maskedStart(text, 100);
      t.ok(kept.length <= 100);
      t.equal(kept, maskGuestData(text).slice(0, 100), "as if all of it had been masked first");
      t.notMatch(cutBetweenNumbers(text, 100), /\d{2,}$/);
    }
  }
  const cards = "4111 1111 1111 1111, ".repeat(50);
  t.notMatch(maskedStart(cards, 400), /1111 1111|[^•] 1111 ?$/, "also where masks are shorter than numbers");
  t.equal(maskedStart("гость 89161234567", 100), `гость ${PHONE}`);
  t.equal(maskedStart("x".repeat(200), 100), "x".repeat(100));
  const cpuMs = await cpuTimeOf(() => maskedStart("8 ".repeat(5_000_000), 1_000));
  t.ok(cpuMs < 100, `${cpuMs} ms`);
});

t.test("names are masked where they can be told, and nothing else", async (t) => {
  const names: [string, string][] = [
    ["бумага Ковальчук Пётр Львович, чек 7", "бумага «…», чек 7"],
    ["Мамин-Сибиряк Дмитрий Наркисович ждёт", "«…» ждёт"],
    ["Анна Ильинична, карта 12", "«…», карта 12"],
    ["гостя Петра Ильича Сафронова ждут", "гостя «…» ждут"],
    ["гость Орлов Олег просит счёт", "гость «…» просит счёт"],
    ["guest=Smith card=7", "guest=«…» card=7"],
    ["принял Иванов И. И.", "принял «…»"],
    ["first=Пётр last=Ковальчук", "first=«…» last=«…»"],
  ];
  for (const [text, masked] of names) t.equal(maskNames(text), masked);
  const none = ["Обмен с Главным Сервером завершён", "Гостиница Москва: Сброс Очереди"];
  for (const text of [...none, "Main Server Exchange done", "Гость найден"]) t.equal(maskNames(text), text);
});
