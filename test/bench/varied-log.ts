/** A program: a log grows by so many bytes a second, by what services and strangers write when no exchange ends. */
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createTillHour, HOUR_MARK } from "../../src/demo/log-templates.ts";
import { formatLogTime } from "../../src/demo/log-time.ts";
import { type LogStyle, wordingOf } from "../../src/demo/log-wording.ts";
import { seededRandom } from "../../src/demo/random.ts";
import { parseWordings } from "../wordings/read-wordings.ts";

const WRITES_PER_SECOND = 10;
/** So every fiftieth line or so. */
const MINUTES_BETWEEN_EXCERPTS = 10;
const SEED = 20_261_124;
const STYLES: LogStyle[] = ["russian", "english", "json"];
const MARKED_TIME = new RegExp(`${HOUR_MARK}:\\d\\d:\\d\\d,\\d{3}`, "g");
const WORDINGS = join(import.meta.dirname, "../wordings");

const [log = "", bytesPerSecond] = process.argv.slice(2);
const bytesPerWrite = Number(bytesPerSecond) / WRITES_PER_SECOND;
const random = seededRandom(SEED);
/** With words of exchanges, but no word of how one ended. */
const excerpts = readdirSync(WORDINGS)
  .filter((name) => name.startsWith("strangers-"))
  .flatMap((name) => parseWordings(readFileSync(join(WORDINGS, name), "utf8")))
  .filter(({ truth }) => truth === "nothing");

setInterval(() => {
  let lines = "";
  while (Buffer.byteLength(lines) < bytesPerWrite) lines += hourOfTills();
  appendFileSync(log, lines.replaceAll(MARKED_TIME, formatLogTime(Date.now(), 0)));
}, 1000 / WRITES_PER_SECOND);

/** Guests are sought and found, requests fail with a stack trace; now and then follows an excerpt. */
function hourOfTills(): string {
  const hour = createTillHour(random, wordingOf({ logStyle: random.pick(STYLES) }), true);
  const withExcerpt = (minute: string, index: number) =>
    index % MINUTES_BETWEEN_EXCERPTS === 0 ? `${minute}${random.pick(excerpts).text}\n` : minute;
  return hour.map(withExcerpt).join("");
}
