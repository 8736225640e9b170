import t from "tap";
import { findKnownDetail } from "../../src/monitor/pos-client/known-details.ts";
import { en, ru } from "../../src/monitor/translations/catalogs.ts";
import { detailInWords } from "../../src/monitor/viewer/in-words.ts";
import { LANGUAGES, translator } from "../../src/monitor/viewer/language.ts";

const DETAILS: [detail: string, ru: string][] = [
  ["the agent is not connected", "агент не подключён к Poswatch"],
  ["the connection of the agent ended", "соединение с агентом прервалось"],
  ["name lookup took longer than 3000 ms", "имя не удалось найти за 3 с"],
  ["connection took longer than 3000 ms", "нет ответа за 3 с"],
  ["TLS handshake took longer than 3000 ms", "защищённое соединение не установлено за 3 с"],
  ["no answer within 5000 ms", "нет ответа за 5 с"],
  ["answer not complete within 10000 ms", "ответ не получен целиком за 10 с"],
  ["no more of the answer within 30000 ms", "передача ответа остановилась на 30 с"],
  ["answer broke off: other side closed", "ответ оборвался"],
  ["closed before an answer: other side closed", "соединение закрыто до ответа"],
  ["body of 70000 bytes", "69 КБ"],
  ["body of more than 65536 bytes", "больше 64 КБ"],
  ["273989632 bytes free", "свободно 261 МБ"],
  ["too many bytes of headers", "слишком длинные заголовки"],
  ["compressed without being asked to", "ответ сжат, хотя этого не просили"],
  ["empty body", "ответ пустой"],
  ["not UTF-8", "ответ не в кодировке UTF-8"],
  ["not JSON", "ответ не в формате JSON"],
  ["no application/zip", "прислан не архив zip"],
  ["protocol 2 instead of 1", "2 вместо 1"],
  ["posServerId 4f1c", "его идентификатор 4f1c"],
  ["crmId 100701", "CrmId 100701"],
  ["no http or https address", "адрес не начинается с http:// или https://"],
  ["address 169.254.1.1 is not allowed", "подключаться к адресу 169.254.1.1 запрещено"],
  ["certificate missing", "сертификат не предъявлен"],
  ["certificate sha256:ab12", "теперь отпечаток sha256:ab12"],
  [
    "the stored token cannot be read with the key of this data folder",
    "сохранённый токен не читается: ключ этой папки данных другой",
  ],
  ["pos.db is open in sqlservr.exe (1234)", "файл pos.db открыт в sqlservr.exe, процесс 1234"],
  [
    "pos.mdf is open, perhaps in sqlservr.exe (1234)",
    "файл pos.mdf открыт, возможно, в sqlservr.exe, процесс 1234",
  ],
  ["pos.mdf is open in another program", "файл pos.mdf открыт в другой программе"],
  ["getaddrinfo ENOTFOUND pos.example.ru", "имени pos.example.ru нет в DNS"],
  ["getaddrinfo EAI_AGAIN pos.example.ru", "сервер имён не отвечает, имя pos.example.ru"],
  ["connect ECONNREFUSED 10.0.0.1:8443", "в соединении отказано, 10.0.0.1:8443"],
  ["connect ECONNREFUSED", "в соединении отказано"],
  ["connect ETIMEDOUT", "нет ответа"],
  ["connect EHOSTUNREACH 10.0.0.1:8443 - Local (10.0.0.2:5)", "нет маршрута к 10.0.0.1:8443"],
  ["connect ETIMEDOUT 10.0.0.1:8443", "нет ответа от 10.0.0.1:8443"],
  [
    "ECONNRESET: Client network socket disconnected before secure TLS connection was established",
    "соединение закрыто, не став защищённым",
  ],
  ["ECONNRESET: read ECONNRESET", "соединение сброшено"],
  ["CERT_HAS_EXPIRED: certificate has expired", "срок действия сертификата истёк"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate", "сертификат самоподписанный"],
  [
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify the first certificate",
    "сертификат выдан неизвестным центром сертификации",
  ],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate's altnames: Host: x",
    "сертификат выдан для другого имени",
  ],
  ["ERR_SSL_WRONG_VERSION_NUMBER: 00B0:error:0A00010B:SSL", "на этом порту нет TLS"],
  [
    "ETIMEDOUT: Greeting never received: it may want TLS from the start",
    "сервер молчит: возможно, он ждёт шифрования с самого начала",
  ],
  ["not sent within 30000 ms", "не отправлено за 30 с"],
  ["HTTP 404, and no answer of a Bot API", "ответ HTTP 404, по этому адресу нет Bot API"],
  [
    "302 Found; redirects are not followed",
    "ответ 302 ведёт на другой адрес, а переходить туда Poswatch не будет",
  ],
];

t.test("the details that program and system write are said in words, in both languages", async (t) => {
  for (const [detail, ru] of DETAILS) {
    t.equal(detailInWords(translator("ru"), detail), ru);
    const english = detailInWords(translator("en"), detail);
    t.notMatch(english, /callDetail|\{\{|[а-яё]/i, `${detail}: ${english}`);
  }
});

t.test("every kind has its words, each in both languages", async (t) => {
  const keys = new Set(DETAILS.map(([detail]) => findKnownDetail(detail)?.key));
  t.equal(keys.size, DETAILS.length, "each example is of a kind of its own");
  for (const language of LANGUAGES) {
    const { callDetail } = { ru, en }[language] as { callDetail: object };
    t.same(Object.keys(callDetail).sort(), [...keys].sort(), language);
  }
});

t.test("what a POS server said itself stays as it said it", async (t) => {
  for (const said of ["HTTP 503: busy: try again", "Нет места на диске", "not JSON at all", ""]) {
    t.equal(findKnownDetail(said), null);
    t.equal(detailInWords(translator("ru"), said), said);
  }
});
