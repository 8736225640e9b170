import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import iconv from "iconv-lite";
import t from "tap";
import { createLogHistory } from "../../src/demo/log-history.ts";
import { demoPosServer } from "../helpers/simulation.ts";

const NOW = Date.parse("2026-11-24T13:42:10.000Z");
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const writeLogHistory = createLogHistory();

function write(slug: string, logsFolder: string): void {
  writeLogHistory({ posServer: demoPosServer(slug), logsFolder, now: NOW, days: 3, revision: 118 });
}

function lastSyncLines(logsFolder: string, encoding = "utf-8"): string[] {
  const text = iconv.decode(readFileSync(path.join(logsFolder, "2026-11-24", "sync.log")), encoding);
  return text.trimEnd().split("\r\n").slice(-3);
}

t.test("Each day of the POS server's clock has its files, last changed on that day", async (t) => {
  const folder = t.testdir();
  write("pokrovka-17", folder);
  t.same(readdirSync(folder), ["2026-11-22", "2026-11-23", "2026-11-24"]);
  t.same(readdirSync(path.join(folder, "2026-11-23")), ["pos.log", "sync.log"]);
  const midnightInMoscow = Date.parse("2026-11-23T21:00:00.000Z");
  t.equal(Math.round(statSync(path.join(folder, "2026-11-23", "pos.log")).mtimeMs), midnightInMoscow - 1);
});

t.test("The lines are in the order of their times and none is later than now", async (t) => {
  const folder = t.testdir();
  write("pokrovka-17", folder);
  for (const name of ["sync.log", "pos.log"]) {
    const text = readFileSync(path.join(folder, "2026-11-24", name), "utf8");
    const times = [...text.matchAll(/^\[(.{23})\]/gm)].map(([, time]) => time ?? "");
    t.ok(times.length > 500, `${name} has many lines`);
    t.same(
      times.filter((time, index) => time.slice(0, 19) < (times[index - 1] ?? "").slice(0, 19)),
      [],
    );
    t.ok((times.at(-1) ?? "") <= "2026-11-24 16:42:10,000");
  }
});

t.test("The end of the log tells what is wrong with each POS server", async (t) => {
  const ends: [string, string, RegExp][] = [
    ["pokrovka-17", "utf-8", /INFO {2}\[12\] — Обмен с главным сервером: успешно завершён, ревизия 118/],
    ["tverskaya-12", "utf-8", /ошибка: .*нарушена целостность базы \(guest_wallet\)/],
    ["arbat-5", "utf-8", /ошибка: Превышено время ожидания ответа главного сервера \(30 с\)/],
    ["mira-1", "utf-8", /\[2026-11-24 15:32:10,000\].*Обмен с главным сервером: начат/],
    ["nevsky-88", "windows-1251", /\[2026-11-24 12:14:10,000\].*Служба iikoCard5POS остановлена/],
  ];
  for (const [slug, encoding, end] of ends) {
    const folder = t.testdir();
    write(slug, folder);
    const lines = lastSyncLines(folder, encoding).filter((line) => line.startsWith("["));
    t.match(lines.at(-1), end, slug);
  }
});

t.test("UTF-8 with a byte order mark has it once, at the start of the file", async (t) => {
  const folder = t.testdir();
  write("sretenka-8", folder);
  const bytes = readFileSync(path.join(folder, "2026-11-24", "sync.log"));
  t.equal(bytes.indexOf(BYTE_ORDER_MARK), 0);
  t.equal(bytes.lastIndexOf(BYTE_ORDER_MARK), 0);
});
