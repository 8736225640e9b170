import t from "tap";
import { flappingsOf, spellsWithin } from "../../src/monitor/history/availability.ts";
import { historyModel } from "../../src/monitor/pos-server/history-model.ts";
import type { PastAcknowledgement } from "../../src/monitor/restaurants/acknowledgements.ts";
import type { StateChange } from "../../src/monitor/restaurants/find-pos-server.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";

const at = (iso: string) => Date.parse(iso);
const plain = (text: string) => text.replaceAll("\u00A0", " ");

type Change = [time: string, state: StateChange["state"], detail?: string | null, causeKey?: string];

function rowsOf(timeZone: string, now: string, changes: Change[], past: PastAcknowledgement[] = []) {
  const viewer = { user: null, organizations: "all" as const, ...presentationFor("ru", timeZone) };
  const rows = changes.map(([time, state, detail = null, causeKey = null], id) => {
    return { id, at: at(time), state, detail, causeKey };
  });
  const lasting = [{ from: 0, to: at(now) }];
  const flappings = flappingsOf(spellsWithin(rows, lasting, { from: 0, to: at(now) }));
  return historyModel(viewer, { changes: rows.reverse(), flappings, pastAcknowledgements: past }, at(now));
}

function tell(...told: Parameters<typeof rowsOf>): string[] {
  return rowsOf(...told).map(({ day, label, cause, period, lasted }) =>
    plain([day, label, cause?.text ?? null, period, lasted.text].filter((part) => part !== null).join(" | ")),
  );
}

t.test("each state has its day, cause, period and duration; the newest goes on", async (t) => {
  t.same(
    tell("Europe/Moscow", "2026-11-25T10:24:00Z", [
      ["2026-11-16T01:05:00Z", "synced"],
      ["2026-11-24T22:31:00Z", "sync_error", "Нет связи с главным сервером"],
      ["2026-11-24T22:34:00Z", "synced"],
      ["2026-11-25T07:41:00Z", "sync_error", "База повреждена"],
    ]),
    [
      "25.11 | Ошибка синхронизации | База данных повреждена, изменения программ не применяются | 10:41 – сейчас | 2 ч 43 мин",
      "Синхронизирован | 01:34 – 10:41 | 9 ч 7 мин",
      "Ошибка синхронизации | Нет связи с главным сервером | 01:31 – 01:34 | 3 мин",
      "16.11 | Синхронизирован | 04:05 – 25.11 01:31 | 8 дней",
    ],
  );
});

t.test("parking and short states have lines, and lengths are true when the clock is set back", async (t) => {
  t.same(
    tell("Europe/Moscow", "2026-11-25T10:00:00Z", [
      ["2026-11-25T08:00:00Z", "pending"],
      ["2026-11-25T08:00:05Z", "synced"],
      ["2026-11-25T09:00:00Z", "parked"],
    ]),
    [
      "25.11 | Опрос приостановлен | 12:00 – сейчас | 1 ч",
      "Синхронизирован | 11:00 – 12:00 | 59 мин",
      "Ожидает опроса | 11:00 – 11:00 | 5 с",
    ],
  );
  t.same(
    tell("Europe/Berlin", "2026-10-25T02:30:00Z", [
      ["2026-10-24T22:30:00Z", "sync_error", "ошибка"],
      ["2026-10-25T01:30:00Z", "synced"],
    ]),
    ["25.10 | Синхронизирован | 02:30 – сейчас | 1 ч", "Ошибка синхронизации | ошибка | 00:30 – 02:30 | 3 ч"],
  );
});

t.test("a known cause stands there in words, an unknown one is the error", async (t) => {
  const damaged =
    "Не удалось применить изменения: нарушена целостность базы (guest_wallet) [SQLITE_CORRUPT: malformed]";
  const words = "База данных повреждена, изменения программ не применяются";
  const causes: [Change, { text: string; error: string | null } | null][] = [
    [["", "sync_error", damaged], { text: words, error: damaged }],
    [["", "not_serving"], null],
    [["", "sync_error", "E-17"], { text: "E-17", error: null }],
    [["", "sync_error"], null],
    [["", "unreachable", "no answer from 10.24.5.12", "no_answer"], null],
    [
      ["", "unreachable", null, "unauthorized:"],
      { text: "POS-сервер не принял токен, подключите его заново", error: null },
    ],
    [["", "unreachable", "a failure of later", "unknown_code: a failure"], null],
    [["", "service_stopped", damaged], null],
  ];
  for (const [[, ...change], cause] of causes) {
    const time = "2026-11-25T08:00:00Z";
    const [row] = rowsOf("Europe/Moscow", time, [[time, ...change]]);
    t.same(row?.cause, cause, change.join(" "));
  }
});

t.test("acknowledgements stand in their place in time, with what ended them", async (t) => {
  const acknowledgement = (takenAt: string, changes: Partial<PastAcknowledgement>): PastAcknowledgement => ({
    ...{ id: 1, userId: 1, userName: "Анна Иванова", note: null, endedAt: null, endedBy: null },
    takenAt: at(takenAt),
    endsAt: at("2026-11-25T20:00:00Z"),
    ...changes,
  });
  const ended = (time: string, endedBy: PastAcknowledgement["endedBy"]) => ({ endedAt: at(time), endedBy });
  const changes: Change[] = [
    ["2026-11-24T08:00:00Z", "sync_error", "ошибка"],
    ["2026-11-25T07:00:00Z", "synced"],
  ];
  t.same(
    tell("Europe/Moscow", "2026-11-25T12:00:00Z", changes, [
      acknowledgement("2026-11-25T11:00:00Z", { userName: "Пётр" }),
      acknowledgement("2026-11-25T06:00:00Z", { ...ended("2026-11-25T07:00:00Z", "exchange"), note: "еду" }),
      acknowledgement("2026-11-24T22:00:00Z", ended("2026-11-25T06:00:00Z", "taken_over")),
      acknowledgement("2026-11-24T09:00:00Z", { endsAt: at("2026-11-24T10:00:00Z") }),
    ]),
    [
      "25.11 | Занимается: Пётр | 14:00 – сейчас | 1 ч",
      "Синхронизирован | 10:00 – сейчас | 5 ч",
      "Кто занимался: Анна Иванова | еду · обмен восстановлен | 09:00 – 10:00 | 1 ч",
      "Кто занимался: Анна Иванова | 01:00 – 09:00 | 8 ч",
      "24.11 | Кто занимался: Анна Иванова | время вышло | 12:00 – 13:00 | 1 ч",
      "Ошибка синхронизации | ошибка | 11:00 – 25.11 10:00 | 23 ч",
    ],
  );
});

t.test("what flaps is one entry: the exchange, or only the connection in a trouble", async (t) => {
  const blinks = (first: StateChange["state"], second: StateChange["state"]): Change[] =>
    ["10:00", "10:04", "10:08", "10:12"].flatMap((time, index): Change[] => [
      [`2026-11-25T${time}:00Z`, first],
      [`2026-11-25T10:${String(index * 4 + 1).padStart(2, "0")}:00Z`, second],
    ]);
  const well: Change = ["2026-11-25T07:00:00Z", "synced"];
  t.same(tell("UTC", "2026-11-25T12:00:00Z", [well, ...blinks("unreachable", "synced")]), [
    "25.11 | Синхронизирован | 10:13 – сейчас | 1 ч 47 мин",
    "То работает, то нет: 4 раза | · всего 4 мин без обмена | 10:00 – 10:13 | 13 мин",
    "Синхронизирован | 07:00 – 10:00 | 3 ч",
  ]);
  const ill: Change = ["2026-11-25T07:00:00Z", "sync_error"];
  t.same(tell("UTC", "2026-11-25T12:00:00Z", [ill, ...blinks("unreachable", "sync_error")]), [
    "25.11 | Ошибка синхронизации | 10:13 – сейчас | 1 ч 47 мин",
    "Связь то есть, то нет: 4 раза | · всего 4 мин без связи | 10:00 – 10:13 | 13 мин",
    "Ошибка синхронизации | 07:00 – 10:00 | 3 ч",
  ]);
  const [again] = tell("UTC", "2026-11-25T10:13:00Z", [well, ...blinks("sync_error", "synced").slice(0, -1)]);
  t.equal(again, "25.11 | То работает, то нет: 4 раза | · всего 4 мин без обмена | 10:00 – сейчас | 13 мин");
});
