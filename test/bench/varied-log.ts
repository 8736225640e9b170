/** A program: a log grows by so many bytes a second, by what services and strangers write when no exchange ends. */
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tillMinute } from "../../src/demo/log-history.ts";
import { type LogStyle, wordingOf } from "../../src/demo/log-wording.ts";
import { seededRandom } from "../../src/demo/random.ts";
import { formatLogTime } from "../../src/demo/service-log.ts";
import { parseWordings } from "../wordings/read-wordings.ts";
import { printResult, readInput, stayWithParent } from "./program.ts";

const WRITES_PER_SECOND = 10;
/** So every fiftieth line or so. */
const MINUTES_BETWEEN_EXCERPTS = 10;
const STYLES: LogStyle[] = ["russian", "english", "json"];
const WORDINGS = join(import.meta.dirname, "../wordings");

const { log, bytesPerSecond }: { log: string; bytesPerSecond: number } = readInput();
const random = seededRandom(20_261_124);
let minute = 0;
/** With words of exchanges, but no word of how one ended. */
const excerpts = readdirSync(WORDINGS)
  .filter((name) => name.startsWith("strangers-"))
  .flatMap((name) => parseWordings(readFileSync(join(WORDINGS, name), "utf8")))
  .filter(({ truth }) => truth === "nothing");

printResult(true);
stayWithParent();
setInterval(() => {
  let lines = "";
  while (Buffer.byteLength(lines) < bytesPerSecond / WRITES_PER_SECOND) lines += minuteOfTills();
  appendFileSync(log, lines);
}, 1000 / WRITES_PER_SECOND);

/** Guests are sought and found, requests fail with a stack trace; now and then follows an excerpt. */
function minuteOfTills(): string {
  minute += 1;
  const wording = wordingOf({ logStyle: random.pick(STYLES) });
  const entries = tillMinute(random, wording, minute, true).flatMap(([, ...written]) => written);
  const lines = entries.map((entry) => wording.format(formatLogTime(Date.now(), 0), entry));
  if (minute % MINUTES_BETWEEN_EXCERPTS === 0) lines.push(`${random.pick(excerpts).text}\n`);
  return lines.join("");
}
