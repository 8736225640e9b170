import t from "tap";
import { planArchives } from "../../src/monitor/log-archives/fetching/plan-archives.ts";
import type { LogFile } from "../../src/protocol/logs.ts";

const MEGABYTE = 1024 * 1024;

/** Files of 24 November, one an hour, the newest first, unless their time is given. */
function listed(...files: (readonly [name: string, bytes: number, modifiedAt?: string])[]): LogFile[] {
  return files.map(([name, bytes, given], index) => {
    const modifiedAt = given ?? new Date(Date.UTC(2026, 10, 24, 20 - index)).toISOString();
    return { name, bytes, createdAt: modifiedAt, modifiedAt };
  });
}

/** Each archive as `day number: names`, and what is left out as `name bytes reason`. */
function plan(files: LogFile[], maxMegabytes = 100) {
  const planned = planArchives(files, { maxBytes: maxMegabytes * MEGABYTE, utcOffsetMinutes: 0 });
  return {
    ...planned,
    archives: planned.archives.map(
      ({ day, number, files }) => `${day} ${number}: ${files.map(({ name }) => name).join(" ")}`,
    ),
    leftOut: planned.leftOut.map(({ name, bytes, reason }) => `${name} ${bytes} ${reason}`),
  };
}

t.test("the cap leaves out what does not fit, and takes a smaller older file that does", async (t) => {
  const files = listed(["a", 4 * MEGABYTE], ["b", 7 * MEGABYTE], ["c", 6 * MEGABYTE], ["d", 0], ["e", 1]);
  t.same(plan(files, 10), {
    archives: ["2026-11-24 1: a c d"],
    leftOut: [`b ${7 * MEGABYTE} does_not_fit`, "e 1 does_not_fit"],
    files: 3,
    bytes: 10 * MEGABYTE,
  });
  t.same(plan(listed(["a", 1], ["b", 3 * MEGABYTE]), 1), {
    archives: ["2026-11-24 1: a"],
    leftOut: [`b ${3 * MEGABYTE} does_not_fit`],
    files: 1,
    bytes: 1,
  });
});

t.test("archives hold at most 25 MB of logs of one day, numbered within it", async (t) => {
  const { archives, bytes } = plan(
    listed(
      ["a", 20 * MEGABYTE],
      ["b", 5 * MEGABYTE],
      ["c", 1],
      ["d", 26 * MEGABYTE],
      ["e", 2],
      ["f", 3, "2026-11-23T23:59:59.999Z"],
    ),
  );
  t.same(archives, [
    "2026-11-24 1: a b",
    "2026-11-24 2: c",
    "2026-11-24 3: d",
    "2026-11-24 4: e",
    "2026-11-23 1: f",
  ]);
  t.equal(bytes, 51 * MEGABYTE + 6);
});

t.test("very many small files are spread, in whatever order and with a name twice", async (t) => {
  const at = "2026-11-24T10:00:00.000Z";
  const files = Array.from({ length: 2_500 }, (_, index) => [`${index}.log`, 1, at] as const);
  const sizes = plan(listed(...files)).archives.map((archive) => archive.split(".log").length - 1);
  t.same(sizes, [1_000, 1_000, 500]);
  const { archives, bytes } = plan(
    listed(["old", 1, "2026-11-20T10:00:00.000Z"], ["new", 2, at], ["new", 3, "2026-11-24T11:00:00.000Z"]),
  );
  t.same(archives, ["2026-11-24 1: new", "2026-11-20 1: old"]);
  t.equal(bytes, 4);
});

t.test("names that lead out of where a zip is unpacked are not taken", async (t) => {
  const hostile = ["../up.log", "a/../../b.log", "/etc/passwd", "C:/x.log", "a\\b.log", "a\u0000b", "a\nb"];
  const names = [...hostile, "Обмен 1..2/а.log"];
  const { archives, leftOut } = plan(listed(...names.map((name) => [name, 1] as const)));
  t.same(archives, ["2026-11-24 1: Обмен 1..2/а.log"]);
  const unsafe = hostile.map((name) => `${name} 1 unsafe_name`);
  t.same(leftOut, unsafe);
});
