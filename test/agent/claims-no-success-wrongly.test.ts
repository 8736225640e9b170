import { readFileSync } from "node:fs";
import t from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createExchangeMatcher } from "../../src/agent/sync-log/exchange-matcher.ts";

/** Texts of exchanges that succeeded, that failed, and of which nothing may be claimed but perhaps a failure. */
const OUTCOMES: Record<"succeeded" | "failed" | "notSucceeded" | "notFailed", string[]> = JSON.parse(
  readFileSync(new URL("./outcomes.json", import.meta.url), "utf8"),
);

const { logs } = await parseAgentConfig({ dataDirectory: "/data" }, "/");
const matcher = createExchangeMatcher({ ...logs, taught: null });
/** The styles of real lines. */
const HEADERS = [
  "[2019-12-21 19:33:46,291]  INFO [50] [ExchangeManager:Run:59] - ",
  "[2021-07-22 19:06:30,741]  INFO [ 1] - ",
  "[2023-02-01 10:00:00,000]  WARN [Event Loop 1] - ",
];
const kindsOf = (text: string) => HEADERS.map((header) => matcher.match(header + text)?.kind);

t.test("what failed or is unclear is never taken for a success", (t) => {
  for (const text of OUTCOMES.notSucceeded) t.notOk(kindsOf(text).includes("succeeded"), text);
  t.end();
});

t.test("what only sounds like a failure of this exchange is none", (t) => {
  for (const text of OUTCOMES.notFailed) t.notOk(kindsOf(text).slice(0, 2).includes("failed"), text);
  t.end();
});

for (const kind of ["succeeded", "failed"] as const) {
  t.test(`a plain outcome is told as such: ${kind}`, (t) => {
    for (const text of OUTCOMES[kind])
      t.same(
        kindsOf(text),
        HEADERS.map(() => kind),
        text,
      );
    t.end();
  });
}
