import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { matchExchangeLine } from "../../src/agent/sync-log/exchange-patterns.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";

const { logs } = await parseAgentConfig({ dataDirectory: "/data" }, "/");
const kindOf = (text: string) =>
  matchExchangeLine(`[2026-11-24 13:42:10,003] INFO  [12] — ${text}`, logs.patterns)?.kind;
const messageOf = (text: string) =>
  matchExchangeLine(`[2026-11-24 13:42:10,003] ERROR [12] — ${text}`, logs.patterns)?.message;

const LINES = {
  attempted: [
    "Обмен с главным сервером: начат",
    "Начата синхронизация с сервером",
    "Запущен обмен данными",
    "Data exchange started",
    "Starting synchronization with https://main.example",
  ],
  succeeded: [
    "Обмен с главным сервером: успешно завершён, ревизия 118, 0.8 с",
    "Обмен с главным сервером: УСПЕШНО ЗАВЕРШЕН",
    "Синхронизация выполнена без ошибок",
    "Синхронизация завершена, ошибок: 0",
    "Успешно завершена синхронизация",
    "Synchronization completed",
    "Sync finished with no errors",
    "Sync completed, errors: 0",
  ],
  failed: [
    "Обмен с главным сервером: ошибка: нарушена целостность базы",
    "Обмен с главным сервером завершён с ошибкой",
    "Обмен не завершён",
    "Ошибка синхронизации: тайм-аут",
    "Не удалось запустить принудительную синхронизацию",
    "Синхронизация завершена, ошибок: 5",
    "Обмен прерван",
    "Синхронизация не выполнена",
    "Synchronization failed: timeout",
    "Failed to start data exchange",
    "Sync completed, errors: 12",
  ],
};

for (const [kind, texts] of Object.entries(LINES)) {
  t.test(`lines that say that an exchange ${kind}`, (t) => {
    for (const text of texts) t.equal(kindOf(text), kind, text);
    t.end();
  });
}

t.test("other lines say nothing about the exchange", (t) => {
  const others = [
    "Касса 2: гость найден, карта 9643200012345, баланс 1200,50",
    "Касса 2: запрос не выполнен, карта 9643200012345",
    "Обмен отменён: служба останавливается",
    "Очередь запросов касс: 3, память 200 МБ",
    "Async task completed",
    "   в iikoCard5.Pos.Exchange.ExchangeSession.Run(CancellationToken token)",
  ];
  for (const text of others) t.equal(kindOf(text), undefined, text);
  t.end();
});

t.test("the message is what failed", (t) => {
  t.equal(
    messageOf(
      "Обмен с главным сервером: ошибка: Не удалось применить изменения программы: нарушена целостность базы (guest_wallet)",
    ),
    "Не удалось применить изменения программы: нарушена целостность базы (guest_wallet)",
  );
  t.equal(messageOf("Ошибка при синхронизации с сервером: тайм-аут 30 с"), "тайм-аут 30 с");
  t.equal(messageOf("Synchronization failed: connection reset"), "connection reset");
  t.equal(messageOf("Обмен завершён с ошибкой"), "Обмен завершён с ошибкой");
  t.equal(messageOf("Не удалось выполнить обмен: нет связи"), "Не удалось выполнить обмен: нет связи");
  t.end();
});

t.test("a message is one printable line of at most 2,000 characters, cut between characters", (t) => {
  const failed = (message: string) => messageOf(`Ошибка синхронизации: ${message}`) ?? "";
  t.equal(failed("a\u0000b\u001b[31m\tc"), "a b [31m c");
  t.equal(failed("я".repeat(5000)).length, 2000);
  const withPairs = failed("😀".repeat(5000));
  t.ok(withPairs.length <= 2000 && withPairs.isWellFormed());
  t.end();
});

t.test("long lines do not make the patterns slow", async (t) => {
  const cpuMs = await cpuTimeOf(() => {
    for (const piece of ["обмен ", "ошибка ", "sync ", "start "]) kindOf(piece.repeat((64 * 1024) / 6));
  });
  t.ok(cpuMs < 2_000, `${cpuMs} ms`);
});
