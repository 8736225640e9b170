import t from "tap";
import { readEntryHead } from "../../src/protocol/log-head.ts";

t.test("levels and times are read in the usual formats", async (t) => {
  const at = Date.UTC(2019, 3, 5, 14, 58, 52, 546);
  const heads = {
    "[2019-04-05 14:58:52,546] DEBUG [48] — text": { level: "debug", time: at },
    "[2019-04-05 14:58:52,546] ERROR [12] — INFO is only text": { level: "error", time: at },
    "2019-04-05T14:58:52.546Z WARN text": { level: "warn", time: at },
    "2019-04-05 14:58:52.5461234 +03:00 [FTL] text": { level: "fatal", time: at },
    "05.04.2019 14:58:52,546 | WARNING | text": { level: "warn", time: at },
    "INFO 2019-04-05 14:58:52,546 text": { level: "info", time: at },
    "2019-04-05 14:58:52,546 text of no level": { level: "none", time: at },
    "2019-04-05 14:58:52,546 [12] TERRORISM is no level": { level: "none", time: at },
    "ERROR: without a time": { level: "error", time: null },
    "FATAL out of memory": { level: "fatal", time: null },
  };
  for (const [text, head] of Object.entries(heads)) t.same(readEntryHead(text), head, text);
});

t.test("a line that begins no entry belongs to the one above", async (t) => {
  const texts = [
    "",
    "   в iikoCard5.Pos.Exchange.ChangesWriter.Apply(ExchangeChanges changes)",
    "System.TimeoutException: Превышено время ожидания",
    "ERRORS were found",
    "Information",
    "12345",
  ];
  for (const text of texts) t.equal(readEntryHead(text), null, text);
});
