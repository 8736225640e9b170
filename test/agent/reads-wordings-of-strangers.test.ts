import { readFileSync } from "node:fs";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createExchangeMatcher } from "../../src/agent/sync-log/exchange-matcher.ts";
import { confusionOf, parseWordings, readWordings } from "../wordings/read-wordings.ts";

const read = (name: string) =>
  readWordings(parseWordings(readFileSync(new URL(`../wordings/${name}.jsonl`, import.meta.url), "utf8")));

/**
 * Sets of people who had not seen the words: each was used once to measure, and then only has to stay as well read as it is. From set 10
 * on 33, 38, 33, 32, 37, 32, 42, 40 and 31 of 50 successes were found at first sight, and since what is told beside a success may be told
 * in any words (set 19) 41 and 43; of failures 45, 45, 44, 41, 45, 46, 50, 45, 46, 49 and 47; none was ever read wrongly.
 */
const STRANGERS = {
  "strangers-0": { success: 16, failure: 25 },
  "strangers-1": { success: 44, failure: 50 },
  "strangers-2": { success: 42, failure: 46 },
  "strangers-3": { success: 43, failure: 45 },
  "strangers-4": { success: 47, failure: 48 },
  "strangers-5": { success: 49, failure: 48 },
  "strangers-6": { success: 48, failure: 48 },
  "strangers-7": { success: 40, failure: 49 },
  "strangers-8": { success: 46, failure: 48 },
  "strangers-9": { success: 47, failure: 49 },
  "strangers-10": { success: 42, failure: 46 },
  "strangers-11": { success: 43, failure: 49 },
  "strangers-12": { success: 46, failure: 48 },
  "strangers-13": { success: 43, failure: 46 },
  "strangers-14": { success: 47, failure: 49 },
  "strangers-15": { success: 46, failure: 49 },
  "strangers-16": { success: 45, failure: 50 },
  "strangers-17": { success: 45, failure: 45 },
  "strangers-18": { success: 42, failure: 48 },
  "strangers-19": { success: 41, failure: 49 },
  "strangers-20": { success: 42, failure: 47 },
};

for (const [name, least] of Object.entries(STRANGERS)) {
  t.test(`of ${name} nothing is taken for a success or a failure that is none`, async (t) => {
    const wordings = read(name);
    const wrong = wordings.filter(({ truth, said }) => said !== "nothing" && said !== truth);
    t.ok(wrong.length <= (name === "strangers-2" ? 1 : 0), wrong.map(({ text }) => text).join("\n"));
    const { success, failure } = confusionOf(wordings);
    t.ok(success.success >= least.success, JSON.stringify(success));
    t.ok(failure.failure >= least.failure, JSON.stringify(failure));
  });
}

/**
 * Written after reading the rules to break them, again and again: 117, 112, 111 and 100 of 120 passed for a success at first, and 80, 74,
 * 79 and 77 of 80 for a failure.
 */
const ADVERSARIES = {
  "adversary-1": [0, 0],
  "adversary-2": [2, 0],
  "adversary-3": [4, 9],
  "adversary-4": [78, 45],
} as const;

for (const [name, [successes, failures]] of Object.entries(ADVERSARIES)) {
  t.test(`of ${name} no more is taken wrongly than was`, async (t) => {
    const { nothing, failure } = confusionOf(read(name));
    t.ok(nothing.success + failure.success <= successes, JSON.stringify({ nothing, failure }));
    t.ok(nothing.failure <= failures, JSON.stringify(nothing));
  });
}

/** Texts by what they say of an exchange, or at least do not say; in `nothing` they say nothing of one. */
const OUTCOMES: Record<
  "attempted" | "succeeded" | "failed" | "nothing" | "notSucceeded" | "notFailed",
  string[]
> = JSON.parse(readFileSync(new URL("./outcomes.json", import.meta.url), "utf8"));

/** The styles of real lines. */
const HEADERS = [
  "[2019-12-21 19:33:46,291]  INFO [50] [ExchangeManager:Run:59] - ",
  "[2021-07-22 19:06:30,741]  INFO [ 1] - ",
  "[2023-02-01 10:00:00,000]  WARN [Event Loop 1] - ",
  "[2026-11-24 13:42:10,003] DEBUG [50] [TaskLoop:RunAsync:59] - ",
];
const { logs } = await parseAgentConfig({ dataDirectory: "/data" }, "/");
const matcher = createExchangeMatcher({ ...logs, taught: null });
const kindsOf = (text: string, headers = HEADERS) => [
  ...new Set(headers.map((header) => matcher.match(header + text)?.kind)),
];

t.test("what failed or is unclear is never taken for a success", async (t) => {
  for (const text of OUTCOMES.notSucceeded) t.notOk(kindsOf(text).includes("succeeded"), text);
});

t.test("what only sounds like a failure of this exchange is none", async (t) => {
  for (const text of OUTCOMES.notFailed) t.notOk(kindsOf(text, HEADERS.slice(0, 2)).includes("failed"), text);
});

t.test("what is plain is told as such, and what says nothing of the exchange is nothing", async (t) => {
  for (const kind of ["attempted", "succeeded", "failed"] as const)
    for (const text of OUTCOMES[kind]) t.same(kindsOf(text), [kind], text);
  for (const text of OUTCOMES.nothing) t.same(kindsOf(text), [undefined], text);
});
