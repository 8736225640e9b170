import t from "tap";
import type { StateChange } from "../../src/monitor/fleet/find-pos-server.ts";
import { historyModel } from "../../src/monitor/pos-server/history-model.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";

const at = (iso: string) => Date.parse(iso);
const plain = (text: string | null) => text?.replaceAll("\u00A0", " ") ?? null;

function tell(timeZone: string, now: string, changes: [string, StateChange["state"], (string | null)?][]) {
  const viewer = { user: null, organizations: "all" as const, ...presentationFor("ru", timeZone) };
  const newestFirst = changes
    .map(([time, state, detail = null], id) => ({ id, at: at(time), state, detail, causeKey: null }))
    .reverse();
  return historyModel(viewer, newestFirst, at(now)).map(({ day, label, cause, period, lasted }) =>
    [day, label, cause, period, plain(lasted.text)].filter((part) => part !== null).join(" | "),
  );
}

t.test("each state has its day, cause, period and duration; the newest goes on", (t) => {
  t.same(
    tell("Europe/Moscow", "2026-11-25T10:24:00Z", [
      ["2026-11-16T01:05:00Z", "synced"],
      ["2026-11-24T22:31:00Z", "sync_error", "Нет связи с главным сервером"],
      ["2026-11-24T22:34:00Z", "synced"],
      ["2026-11-25T07:41:00Z", "sync_error", "База повреждена"],
    ]),
    [
      "25.11 | Ошибка синхронизации | База повреждена | 10:41 – сейчас | 2 ч 43 мин",
      "Синхронизирован | 01:34 – 10:41 | 9 ч 7 мин",
      "Ошибка синхронизации | Нет связи с главным сервером | 01:31 – 01:34 | 3 мин",
      "16.11 | Синхронизирован | 04:05 – 25.11 01:31 | 8 дней",
    ],
  );
  t.end();
});

t.test("parking is a line of its own, and a state of a moment has one too", (t) => {
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
  t.end();
});

t.test("where the clock is set back in between, the duration is what it lasted", (t) => {
  t.same(
    tell("Europe/Berlin", "2026-10-25T02:30:00Z", [
      ["2026-10-24T22:30:00Z", "sync_error", "ошибка"],
      ["2026-10-25T01:30:00Z", "synced"],
    ]),
    ["25.10 | Синхронизирован | 02:30 – сейчас | 1 ч", "Ошибка синхронизации | ошибка | 00:30 – 02:30 | 3 ч"],
  );
  t.end();
});
