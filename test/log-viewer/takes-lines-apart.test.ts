import t from "tap";
import { lineColumns, type ShownColumn } from "../../src/monitor/log-viewer/line-columns.ts";
import { presentationFor } from "../../src/monitor/viewer/viewer.ts";
import { readEntryHead } from "../../src/protocol/log-head.ts";
import { readEntryParts } from "../../src/protocol/log-line-parts.ts";
import { cpuTimeOf } from "../helpers/cpu-time.ts";

const { t: say } = presentationFor("ru", "UTC");
const LEVELS: Record<string, string> = { FTL: "fatal", WARNING: "warn", "": "none" };

function partsOf(text: string) {
  const parts = readEntryParts(text) ?? [];
  t.equal(parts.map(({ from, to }) => text.slice(from, to)).join(""), text, "nothing is lost");
  const named = parts.filter(({ kind }) => kind !== "aside");
  return Object.fromEntries(named.map(({ kind, from, to }) => [kind, text.slice(from, to)]));
}

/** `‹…›` is what was looked for, `{…}` is masked. */
function drawn(columns: ShownColumn[]) {
  const piece = ({ text, isMatch, masked }: ShownColumn["pieces"][number]) => {
    const shown = masked ? `{${text}}` : text;
    return isMatch ? `‹${shown}›` : shown;
  };
  return columns.map(({ kind, pieces }) => [kind, pieces.map(piece).join("")]);
}

t.test("time, level and text are found in the usual formats", async (t) => {
  const time = "14:58:52,546";
  const empty = { time, level: "WARN", origin: "[Event Loop 1]", text: "" };
  const lines = {
    "[2019-04-05 14:58:52,546] DEBUG [48] — text": { time, level: "DEBUG", text: "text" },
    "[2019-04-05 14:58:52,546]  INFO [ 1] - text": { time, level: "INFO", text: "text" },
    "[2019-04-05 14:58:52,546] ERROR [50] [Class:Method:59] - text - [x]": {
      time,
      level: "ERROR",
      origin: "[Class:Method:59]",
      text: "text - [x]",
    },
    "[2019-04-05 14:58:52,546]  WARN [Event Loop 1] - ": empty,
    "[2019-04-05 14:58:52,546]  WARN [Event Loop 1] -": empty,
    "[2019-04-05 14:58:52,546] INFO  [Guest] found": { time, level: "INFO", text: "[Guest] found" },
    "2019-04-05 14:58:52,546 [INFO ] text": { time, level: "INFO", text: "text" },
    "[2019-04-05 14:58:52,546] INFO - -1 is less": { time, level: "INFO", text: "-1 is less" },
    "[2019-04-05 14:58:52,546] [12] ERROR text": { time, level: "ERROR", text: "text" },
    "2019-04-05T14:58:52.546Z WARN text": { time: "14:58:52.546", level: "WARN", text: "text" },
    "2019-04-05 14:58:52.5461234 +03:00 [FTL] text": { time: "14:58:52.546", level: "FTL", text: "text" },
    "05.04.2019 14:58:52,546 | WARNING | text": { time, level: "WARNING", text: "text" },
    "INFO 2019-04-05 14:58:52,546 text": { time, level: "INFO", text: "text" },
    "2019-04-05 14:58:52 text of no level": { time: "14:58:52", level: "", text: "text of no level" },
    "2019-04-05 14:58:52,546 it said ERROR": { time, level: "", text: "it said ERROR" },
    "2019-04-05 14:58:52,546 [12] TERRORISM is no level": {
      time,
      level: "",
      text: "[12] TERRORISM is no level",
    },
    "ERROR: without a time": { time: "", level: "ERROR", text: "without a time" },
    "FATAL out of memory": { time: "", level: "FATAL", text: "out of memory" },
    "[2019-04-05 14:58:52,546]": { time, level: "", text: "" },
  };
  for (const [text, parts] of Object.entries(lines)) {
    t.same(partsOf(text), parts, text);
    const at = parts.time === "" ? null : Date.parse(`2019-04-05T${parts.time.replace(",", ".")}Z`);
    const level = LEVELS[parts.level] ?? parts.level.toLowerCase();
    t.same(readEntryHead(text), { level, time: at }, text);
  }
});

t.test("a line that begins no entry belongs to the one above", async (t) => {
  for (const text of [
    "",
    "   в iikoCard5.Pos.Exchange.ChangesWriter.Apply(ExchangeChanges changes)",
    "System.TimeoutException: Превышено время ожидания",
    "ERRORS were found",
    "Information",
    "12345",
  ])
    t.same([readEntryHead(text), readEntryParts(text)], [null, null], text);
});

t.test("what was looked for is marked across columns, also what they leave out, but no space", async (t) => {
  const text = "[2019-04-05 14:58:52,546] DEBUG [48] — text";
  const across = lineColumns(text, "546] debug [48] — te", true, say);
  t.same(drawn(across), [
    ["aside", "[2019-04-05 "],
    ["time", "14:58:52,‹546›"],
    ["aside", "‹] ›"],
    ["level", "‹DEBUG›"],
    ["aside", "‹ [48] — ›"],
    ["text", "‹te›xt"],
  ]);
  t.equal(across[1]?.title, "[2019-04-05 14:58:52,546] DEBUG [48] —", "nothing is lost");
  t.same(drawn(lineColumns(text, "2019-04-05 14", true, say)).slice(0, 2), [
    ["aside", "[‹2019-04-05 ›"],
    ["time", "‹14›:58:52,546"],
  ]);
  const padded = "[2019-04-05 14:58:52,546] [1] INFO text";
  t.same(drawn(lineColumns(padded, "info t", true, say)).slice(-2), [
    ["aside", " "],
    ["text", "‹t›ext"],
  ]);
  t.same(drawn(lineColumns("   at A.B", "a", false, say)), [["line", "   ‹a›t ‹A›.B"]]);
});

t.test("masked numbers are told from others, also where they are looked for", async (t) => {
  const text = "гость +7 915 •••-••-65, карта •••• 8264, +375 •••-••-67, код •••";
  const [line] = lineColumns(text, "", false, say);
  t.same(drawn(line ? [line] : []), [
    ["line", "гость {+7 915 •••-••-65}, карта {•••• 8264}, {+375 •••-••-67}, код {•••}"],
  ]);
  const titles = line?.pieces.flatMap(({ masked }) => masked ?? []).map((title) => title.slice(0, 14));
  t.same(titles, ["Телефон гостя:", "Номер карты го", "Телефон гостя:", "Скрыто: данные"]);
  t.same(drawn(lineColumns(text, "гость +7 915", false, say)), [
    ["line", "‹гость ›‹{+7 915}›{ •••-••-65}, карта {•••• 8264}, {+375 •••-••-67}, код {•••}"],
  ]);
});

t.test("a line that is made to hurt is taken apart in no time", async (t) => {
  const cpuMs = await cpuTimeOf(() => {
    for (const part of ["[", "[1] ", "a", "•••• 1 ", "- ", "(", " "]) {
      const text = `[2019-04-05 14:58:52,546] ${part.repeat(64_000 / part.length)}`;
      lineColumns(text, part, true, say);
    }
  });
  t.ok(cpuMs < 3_000, `${cpuMs} ms`);
});
