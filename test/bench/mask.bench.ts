/** `npm run bench mask`: what it costs to hide guests and secrets, for lines of ten kinds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mask } from "../../src/protocol/mask/mask.ts";
import { atMost, measured, printReport, quantile } from "./report.ts";

const LINE_LENGTH = 64 * 1024;
const EXCERPT_LENGTH = 16 * 1024;
const RUNS = 9;

const lists = join(import.meta.dirname, "../protocol/masks");
const readLines = (name: string) => readFileSync(join(lists, name), "utf8").replace(/[⟦⟧]/g, "");

/** Texts that are repeated up to a length; the first two are ordinary. */
const KINDS: Record<string, string> = {
  "lines of programs": readLines("to-keep.txt"),
  "lines with guests and secrets": readLines("to-hide.txt"),
  JSON: '{"guest":{"id":5,"name":"Анна","phone":"+79161234567"},"total":1},',
  "labels without values": Array.from({ length: 9_000 }, (_, n) => `aB${n.toString(36)}=`).join(""),
  quotes: 'password=\\"a\\" ',
  digits: "8 916 12 ",
  names: "Иван Петров, ",
  capitals: "ИВАН ",
  streets: "ул. Мира ",
  "words before numbers": "код из смс паспорт серия д.р. ",
};

const costs = Object.values(KINDS).map((text) => ({
  line: medianMs(repeated(text.replaceAll("\n", " "), LINE_LENGTH)),
  excerpt: medianMs(repeated(text, EXCERPT_LENGTH)),
}));
const worst = (values: number[]) => Math.max(...values);
const lineMs = worst(costs.map(({ line }) => line));
const ordinaryMs = worst(costs.slice(0, 2).map(({ excerpt }) => excerpt));
printReport(`Masks over ${costs.length} kinds of lines`, [
  measured("the worst kind, per character", (lineMs * 1_000) / LINE_LENGTH, atMost(2, "µs")),
  measured("the worst line of 64 KB", lineMs, atMost(50, "ms")),
  measured("16 KB of ordinary lines", ordinaryMs, atMost(20, "ms")),
  measured("16 KB of the worst lines", worst(costs.map(({ excerpt }) => excerpt)), atMost(35, "ms")),
]);

function repeated(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length)).slice(0, length);
}

/** The first run is no part of it. */
function medianMs(text: string): number {
  mask(text);
  const taken = Array.from({ length: RUNS }, () => {
    const begunAt = performance.now();
    mask(text);
    return performance.now() - begunAt;
  });
  return quantile(taken, 0.5);
}
