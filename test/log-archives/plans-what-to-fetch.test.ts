import t from "tap";
import {
  type ArchivePlan,
  MAX_ARCHIVE_BYTES,
  planArchives,
} from "../../src/monitor/log-archives/fetching/plan-archives.ts";
import type { LogFile } from "../../src/protocol/logs.ts";

const MEGABYTE = 1024 * 1024;

/** Files of 24 November, one an hour, the newest first, unless their time is given. */
function listed(...files: [name: string, bytes: number, modifiedAt?: string][]): LogFile[] {
  return files.map(([name, bytes, given], index) => {
    const modifiedAt = given ?? new Date(Date.UTC(2026, 10, 24, 20 - index)).toISOString();
    return { name, bytes, createdAt: modifiedAt, modifiedAt };
  });
}

function plan(files: LogFile[], { maxMegabytes = 100, utcOffsetMinutes = 0 } = {}): ArchivePlan {
  return planArchives(files, { maxBytes: maxMegabytes * MEGABYTE, utcOffsetMinutes });
}

/** Each archive as `day number: names`. */
function archivesOf({ archives }: ArchivePlan): string[] {
  return archives.map(
    ({ day, number, files }) => `${day} ${number}: ${files.map(({ name }) => name).join(" ")}`,
  );
}

function leftOutOf({ leftOut }: ArchivePlan): string[] {
  return leftOut.map(({ name, bytes, reason }) => `${name} ${bytes} ${reason}`);
}

t.test("nothing listed is nothing planned", async (t) => {
  t.same(plan([]), { archives: [], leftOut: [], files: 0, bytes: 0 });
});

t.test("the cap leaves out what does not fit, and takes a smaller older file that does", async (t) => {
  const planned = plan(
    listed(["a", 4 * MEGABYTE], ["b", 7 * MEGABYTE], ["c", 6 * MEGABYTE], ["d", 0], ["e", 1]),
    {
      maxMegabytes: 10,
    },
  );
  t.same(archivesOf(planned), ["2026-11-24 1: a c d"]);
  t.same(leftOutOf(planned), [`b ${7 * MEGABYTE} does_not_fit`, "e 1 does_not_fit"]);
  t.equal(planned.files, 3);
  t.equal(planned.bytes, 10 * MEGABYTE, "a cap is filled to its last byte");
});

t.test("only the newest file gives just its tail, when it alone is larger than the cap", async (t) => {
  const planned = plan(listed(["a", 3 * MEGABYTE], ["b", 1]), { maxMegabytes: 1 });
  t.same(planned.archives[0]?.files, [
    { name: "a", bytes: 3 * MEGABYTE, tailBytes: MEGABYTE, modifiedAt: "2026-11-24T20:00:00.000Z" },
  ]);
  t.same(leftOutOf(planned), [`a ${2 * MEGABYTE} cut`, "b 1 does_not_fit"]);
  t.equal(planned.bytes, MEGABYTE);

  const second = plan(listed(["a", 1], ["b", 3 * MEGABYTE]), { maxMegabytes: 1 });
  t.same(archivesOf(second), ["2026-11-24 1: a"]);
  t.same(leftOutOf(second), [`b ${3 * MEGABYTE} does_not_fit`]);
});

t.test("archives hold at most 25 MB of logs of one day, numbered within it", async (t) => {
  const planned = plan(
    listed(
      ["a", 20 * MEGABYTE],
      ["b", 5 * MEGABYTE],
      ["c", 1],
      ["d", 26 * MEGABYTE],
      ["e", 2],
      ["f", 3, "2026-11-23T23:59:59.999Z"],
    ),
  );
  t.same(archivesOf(planned), [
    "2026-11-24 1: a b",
    "2026-11-24 2: c",
    "2026-11-24 3: d",
    "2026-11-24 4: e",
    "2026-11-23 1: f",
  ]);
  t.ok(planned.archives.every(({ bytes, files }) => bytes <= MAX_ARCHIVE_BYTES || files.length === 1));
  t.equal(
    planned.bytes,
    planned.archives.reduce((sum, { bytes }) => sum + bytes, 0),
  );
});

t.test("days are those of the POS server's clock", async (t) => {
  const files = listed(["a", 1, "2026-11-24T14:00:00.000Z"], ["b", 1, "2026-11-24T13:59:59.999Z"]);
  t.same(archivesOf(plan(files, { utcOffsetMinutes: 600 })), ["2026-11-25 1: a", "2026-11-24 1: b"]);
  t.same(archivesOf(plan(files, { utcOffsetMinutes: -840 })), ["2026-11-24 1: a", "2026-11-23 1: b"]);
});

t.test("very many small files are spread over archives", async (t) => {
  const files = Array.from({ length: 2_500 }, (_, index): [string, number, string] => [
    `${index}.log`,
    1,
    "2026-11-24T10:00:00.000Z",
  ]);
  const planned = plan(listed(...files));
  t.same(
    planned.archives.map(({ number, files }) => [number, files.length]),
    [
      [1, 1_000],
      [2, 1_000],
      [3, 500],
    ],
  );
});

t.test("a list in another order, with a name twice, is planned all the same", async (t) => {
  const planned = plan(
    listed(
      ["old", 1, "2026-11-20T10:00:00.000Z"],
      ["new", 2, "2026-11-24T10:00:00.000Z"],
      ["new", 3, "2026-11-24T11:00:00.000Z"],
    ),
  );
  t.same(archivesOf(planned), ["2026-11-24 1: new", "2026-11-20 1: old"]);
  t.equal(planned.bytes, 4);
});

t.test("names that lead out of where a zip is unpacked are not taken", async (t) => {
  const hostile = ["../up.log", "a/../../b.log", "/etc/passwd", "C:/x.log", "a\\b.log", "a\u0000b", "a\nb"];
  const planned = plan(
    listed(...hostile.map((name): [string, number] => [name, 1]), ["Обмен 1..2/а.log", 1]),
  );
  t.same(archivesOf(planned), ["2026-11-24 1: Обмен 1..2/а.log"]);
  t.same(
    planned.leftOut.map(({ reason }) => reason),
    hostile.map(() => "unsafe_name"),
  );
});
