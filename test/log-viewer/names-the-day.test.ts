import t from "tap";
import type { Fold } from "../../src/monitor/log-viewer/find-runs.ts";
import { shownDays } from "../../src/monitor/log-viewer/show-model.ts";
import type { Row } from "../../src/monitor/log-viewer/walk-rows.ts";

const at = (text: string) => Date.parse(`2026-11-${text}:00Z`);

function line(time: number | null): Row {
  return {
    kind: "line",
    line: { number: 1, text: "", cutBytes: 0, level: "info", isHead: time !== null, time },
  };
}

function fold(kind: "fold" | "opened", from: number, to: number): Row {
  const fold: Fold = {
    firstLine: 1,
    lastLine: 9,
    repeats: 3,
    firstTime: from,
    lastTime: to,
    level: "info",
    isExchanges: false,
  };
  return { kind, fold };
}

t.test("the first day is named, and every other where it begins", async (t) => {
  const rows = [line(null), line(at("24T23:58")), line(null), line(at("24T23:59")), line(at("25T00:00"))];
  t.same(shownDays(rows, null), [null, "24.11.2026", null, null, "25.11.2026"]);
  t.same(shownDays(rows, at("24T10:00")), [null, null, null, null, "25.11.2026"], "it stands above already");
});

t.test("what is folded takes the day along", async (t) => {
  const over = [fold("fold", at("24T23:00"), at("25T01:00")), line(at("25T01:01"))];
  t.same(shownDays(over, null), ["24.11.2026", null]);
  const opened = [fold("opened", at("24T23:00"), at("25T01:00")), line(at("24T23:00")), line(at("25T00:00"))];
  t.same(shownDays(opened, at("24T22:00")), [null, null, "25.11.2026"]);
});
