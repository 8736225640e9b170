import { readFileSync } from "node:fs";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createExchangeMatcher } from "../../src/agent/sync-log/exchange-matcher.ts";
import { confusionOf, parseWordings, readWordings } from "../wordings/read-wordings.ts";

type Said = "succeeded" | "failed" | "attempted" | "nothing";

/** 240 texts that somebody wrote who had not seen the patterns, by what they say; a quarter are traps that say nothing. */
const WORDINGS: Record<Said, string[]> = JSON.parse(
  readFileSync(new URL("./wordings.json", import.meta.url), "utf8"),
);
/** How many of each 60 are recognized at least; of the others nothing is claimed. */
const RECOGNIZED = { succeeded: 48, failed: 55, attempted: 40, nothing: 58 };

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

/** Sets of people who had not seen the words: each is used once to measure, and then only has to stay as well read as it was. */
const SETS = {
  "strangers-0": { success: 33, failure: 35 },
  "strangers-1": { success: 50, failure: 50 },
  "strangers-2": { success: 48, failure: 50 },
  "strangers-3": { success: 48, failure: 49 },
  "strangers-4": { success: 49, failure: 50 },
  "strangers-5": { success: 50, failure: 50 },
  "strangers-6": { success: 50, failure: 50 },
  "strangers-7": { success: 49, failure: 50 },
  "strangers-8": { success: 46, failure: 50 },
};

for (const [name, least] of Object.entries(SETS)) {
  t.test(`of ${name} nothing is taken for a success or a failure that is none`, async (t) => {
    const file = new URL(`../wordings/${name}.jsonl`, import.meta.url);
    const read = await readWordings(parseWordings(readFileSync(file, "utf8")));
    for (const { truth, said, text } of read) if (said !== "nothing") t.equal(said, truth, text);
    const { success, failure } = confusionOf(read);
    t.ok(
      success.success >= least.success && failure.failure >= least.failure,
      JSON.stringify({ success, failure }),
    );
  });
}
