import { readFileSync } from "node:fs";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createExchangeMatcher } from "../../src/agent/sync-log/exchange-matcher.ts";

type Said = "succeeded" | "failed" | "attempted" | "nothing";

/** 240 texts that somebody wrote who had not seen the patterns, by what they say; a quarter are traps that say nothing. */
const WORDINGS: Record<Said, string[]> = JSON.parse(
  readFileSync(new URL("./wordings.json", import.meta.url), "utf8"),
);
/** How many of each 60 are recognized at least; of the others nothing is claimed. */
const RECOGNIZED = { succeeded: 44, failed: 55, attempted: 40, nothing: 58 };

const { logs } = await parseAgentConfig({ dataDirectory: "/data" }, "/");
const matcher = createExchangeMatcher({ ...logs, taught: null });
/** As log4net writes them: as recorded, with threads as text and where it comes from, and without either. */
const HEADERS = [
  "[2026-11-24 13:42:10,003]  INFO [ 1] - ",
  "[2026-11-24 13:42:10,003] DEBUG [48] — ",
  "[2026-11-24 13:42:10,003] INFO  [Event Loop 1] [TillSession:Answer:41] - ",
  "2026-11-24 13:42:10.003 INFO ",
];
const said = (header: string, text: string): Said => matcher.match(header + text)?.kind ?? "nothing";

for (const header of HEADERS) {
  for (const [kind, texts] of Object.entries(WORDINGS)) {
    t.test(`wordings of strangers: ${kind}, ${header}`, (t) => {
      t.equal(texts.length, 60);
      const recognized = texts.filter((text) => said(header, text) === kind);
      const least = RECOGNIZED[kind as Said];
      t.ok(
        recognized.length >= least,
        `${recognized.length} of ${texts.length} recognized, at least ${least}`,
      );
      if (kind === "succeeded") return t.end();
      for (const text of texts) t.not(said(header, text), "succeeded", text);
      t.end();
    });
  }
}

t.test("a success is never taken for a failure", (t) => {
  for (const header of HEADERS)
    for (const text of WORDINGS.succeeded) t.not(said(header, text), "failed", header + text);
  t.end();
});

/** 100 lines of somebody else who had not seen the patterns; each set is used once, and then only has to stay as it was read. */
const FRESH = readFileSync(new URL("./fresh-wordings.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n");

t.test("of lines that were never seen before none is taken for a success or a failure that is none", (t) => {
  const known = { succeeded: "success", failed: "failure", attempted: "nothing", nothing: "nothing" };
  const counts = { success: 0, failure: 0, nothing: 0 };
  for (const line of FRESH) {
    const { truth, text } = JSON.parse(line) as { truth: keyof typeof counts; text: string };
    const read = known[said("", text)];
    if (read !== "nothing") t.equal(read, truth, text);
    if (read === truth) counts[truth] += 1;
  }
  t.same(counts, { success: 33, failure: 35, nothing: 30 }, "what is found");
  t.end();
});
