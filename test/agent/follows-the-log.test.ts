import { chmod, copyFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import t, { type Test } from "tap";
import type { SyncLogOptions } from "../../src/agent/sync-log/sync-log.ts";
import { withoutPrivileges } from "../helpers/folder.ts";
import {
  attemptedLine,
  failedLine,
  makeLogFolder,
  minutesAgo,
  otherLine,
  readAnew,
  succeededLine,
} from "../helpers/log-folder.ts";

const failure = (at: number, message: string) => ({ error: { at, message } });

/** A log that has been read once, up to this text. */
async function followAfter(t: Test, text: string, options?: SyncLogOptions) {
  const folder = makeLogFolder(t);
  await folder.write(text);
  const log = await folder.follow(options);
  await log.read();
  return { folder, log };
}

t.test("the last exchange in the log decides, and each line that is added counts", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(attemptedLine(minutesAgo(9)) + succeededLine(minutesAgo(8)));
  const log = await folder.follow();
  t.same(await log.read(), { lastAttemptAt: minutesAgo(9), lastSuccessAt: minutesAgo(8), error: null });

  await folder.write(attemptedLine(minutesAgo(6)) + failedLine(minutesAgo(5), "нет связи"));
  t.same(await log.read(), {
    lastAttemptAt: minutesAgo(6),
    lastSuccessAt: minutesAgo(8),
    ...failure(minutesAgo(5), "нет связи"),
  });

  await folder.write(otherLine(minutesAgo(4)) + succeededLine(minutesAgo(3)));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(3), error: null });
  t.match(await readAnew(folder), { lastSuccessAt: minutesAgo(3), error: null }, "after a restart");
});

t.test("rotation by rename loses nothing, not even lines added just before it", async (t) => {
  const { folder, log } = await followAfter(t, succeededLine(minutesAgo(9)));
  await folder.write(failedLine(minutesAgo(5), "перед ротацией"));
  await rename(folder.path("pos.log"), folder.path("pos.log.1"));
  await folder.write(otherLine(minutesAgo(4)));
  t.match(await log.read(), failure(minutesAgo(5), "перед ротацией"));
  const before = log.totalBytesRead();
  const added = succeededLine(minutesAgo(3));
  await folder.write(added);
  t.match(await log.read(), { lastSuccessAt: minutesAgo(3), error: null });
  t.equal(log.totalBytesRead() - before, Buffer.byteLength(added), "the renamed file is not read again");
});

t.test("rotation to a file named by the date, in a subfolder", async (t) => {
  const folder = makeLogFolder(t);
  await folder.append("2026-11/pos-23.log", succeededLine(minutesAgo(9)));
  const log = await folder.follow();
  t.match(await log.read(), { lastSuccessAt: minutesAgo(9) });
  await folder.append("2026-11/pos-24.log", failedLine(minutesAgo(5), "новый файл"));
  const both = { lastSuccessAt: minutesAgo(9), ...failure(minutesAgo(5), "новый файл") };
  t.match(await log.read(), both);
  await rm(folder.path("2026-11/pos-23.log"));
  t.match(await log.read(), both, "an old log that is deleted takes nothing with it");
});

t.test("rotation by copy and truncation: a file that was cut is read from its start", async (t) => {
  const text = succeededLine(minutesAgo(9)) + failedLine(minutesAgo(8), "старая ошибка");
  const { folder, log } = await followAfter(t, text);
  await copyFile(folder.path("pos.log"), folder.path("pos.log.1"));
  await truncate(folder.path("pos.log"));
  t.match(await log.read(), failure(minutesAgo(8), "старая ошибка"), "what was known stays known");
  await folder.write(succeededLine(minutesAgo(5)));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(5), error: null });
  const longer = failedLine(minutesAgo(4), "в начале") + otherLine(minutesAgo(3)).repeat(10);
  await writeFile(folder.path("pos.log"), longer);
  t.match(await log.read(), failure(minutesAgo(4), "в начале"), "it has outgrown its old size since");
});

t.test("a half-written line counts when it is completed, or when nobody completes it", async (t) => {
  const folder = makeLogFolder(t);
  const line = failedLine(minutesAgo(5), "нарушена целостность базы");
  const bytes = Buffer.from(line);
  const middleOfLetter = bytes.indexOf("базы") + 3;
  await folder.write(succeededLine(minutesAgo(9)));
  await folder.write(bytes.subarray(0, middleOfLetter));
  const log = await folder.follow();
  t.match(await log.read(), { error: null }, "still being written");

  await folder.age("pos.log", 1);
  t.match(await log.read(), failure(minutesAgo(5), "нарушена целостность б"), "left like that");

  await folder.write(bytes.subarray(middleOfLetter));
  t.match(await log.read(), failure(minutesAgo(5), "нарушена целостность базы"));
  await folder.write(succeededLine(minutesAgo(3)));
  t.match(await log.read(), { error: null });
});

const NEVER_ENDED = {
  "200 KB of zeros": "\0".repeat(200_000),
  "a line of 100 KB": otherLine(minutesAgo(7)).trimEnd() + "ж".repeat(50_000),
};
for (const [name, before] of Object.entries(NEVER_ENDED))
  for (const encoding of ["utf8", "utf-16le"] as const)
    t.test(`what stands behind ${name} without an end is a line of its own, in ${encoding}`, async (t) => {
      const folder = makeLogFolder(t);
      const mark = encoding === "utf8" ? "" : "\uFEFF";
      const text = (more: string) => Buffer.from(more, encoding);
      await folder.write(text(mark + succeededLine(minutesAgo(9)) + before));
      const log = await folder.follow();
      await log.read();
      await folder.write(text(failedLine(minutesAgo(5), "нет связи")));
      for (const one of [log, await folder.follow()])
        t.match(await one.read(), { lastSuccessAt: minutesAgo(9), ...failure(minutesAgo(5), "нет связи") });
      await folder.write(text(before + succeededLine(minutesAgo(3))));
      for (const one of [log, await folder.follow()])
        t.match(await one.read(), { lastSuccessAt: minutesAgo(3), error: null });
    });

t.test("within a file the later line wins, even when the clock was set back", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(succeededLine(minutesAgo(5)) + failedLine(minutesAgo(30), "после перевода часов"));
  t.match(await readAnew(folder), failure(minutesAgo(30), "после перевода часов"));
  await folder.write(failedLine(minutesAgo(2), "в ту же секунду") + succeededLine(minutesAgo(2)));
  t.match(await readAnew(folder), { lastSuccessAt: minutesAgo(2), error: null });
});

t.test("a success in the future is not taken for a recent one", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(succeededLine(minutesAgo(-24 * 60)));
  const log = await folder.follow();
  t.match(await log.read(), { lastSuccessAt: null, error: null });
  await folder.write(succeededLine(minutesAgo(1)));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(1) });
});

t.test("a success from while the clock was ahead does not outlive the failures after it", async (t) => {
  const folder = makeLogFolder(t);
  const ahead = minutesAgo(-2.5);
  let now = ahead;
  const log = await folder.follow({ clock: () => now });
  await folder.append("a.log", attemptedLine(ahead) + succeededLine(ahead));
  await folder.age("a.log", -2.5);
  t.match(await log.read(), { lastSuccessAt: ahead, error: null });

  now = minutesAgo(0);
  await folder.append("b.log", otherLine(now));
  t.match(await log.read(), { lastSuccessAt: null }, "the clock was corrected");
  now = minutesAgo(-1);
  await folder.append("b.log", failedLine(minutesAgo(-0.5), "нет связи"));
  t.match(await log.read(), { lastSuccessAt: null, ...failure(minutesAgo(-0.5), "нет связи") });

  now = minutesAgo(-5);
  await folder.append("b.log", otherLine(now));
  t.match(await log.read(), failure(minutesAgo(-0.5), "нет связи"), "nor when its time has come");
});

t.test("a failure outlives a clock that is set back, until an exchange ends it", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(succeededLine(minutesAgo(50)));
  await folder.write(failedLine(minutesAgo(10), "нет связи").trimEnd());
  let now = minutesAgo(30);
  const log = await folder.follow({ clock: () => now });
  t.match(await log.read(), { error: { message: "нет связи" } }, "nobody writes on what lies ahead");
  await folder.write("\n");
  for (const ago of [29, 28]) {
    now = minutesAgo(ago);
    await folder.write(attemptedLine(now));
    t.match(await log.read(), { lastAttemptAt: now, error: { message: "нет связи" } });
  }
  await folder.write(succeededLine(now));
  t.match(await log.read(), { lastSuccessAt: now, error: null });
});

t.test("a failure without a credible time in a new file is not hidden by an older success", async (t) => {
  const folder = makeLogFolder(t);
  await folder.append("a.log", succeededLine(minutesAgo(9)));
  await folder.age("a.log", 9);
  await folder.append("b.log", failedLine(minutesAgo(-24 * 60), "часы спешат"));
  t.match(await readAnew(folder), { error: { at: null, message: "часы спешат" } });
});

t.test("lines of several files are put in order by their times", async (t) => {
  const folder = makeLogFolder(t);
  await folder.append("errors.log", failedLine(minutesAgo(8), "нет связи"));
  await folder.append("exchange.log", succeededLine(minutesAgo(9)));
  const log = await folder.follow();
  t.match(await log.read(), failure(minutesAgo(8), "нет связи"));
  await folder.append("exchange.log", succeededLine(minutesAgo(5)));
  t.match(await log.read(), { error: null });
  t.match(await readAnew(folder), { lastSuccessAt: minutesAgo(5), error: null }, "after a restart");
});

t.test("a missing folder is one without logs: what was known stays, and it is read on later", async (t) => {
  const folder = makeLogFolder(t);
  const log = await folder.follow();
  await folder.write(succeededLine(minutesAgo(5)));
  await log.read();
  await rm(folder.path("."), { recursive: true });
  t.match(await log.read(), { lastSuccessAt: minutesAgo(5), error: null });
  t.match(await log.readLogState(), { found: false, unmatched: false, lastWrittenAt: null });
  t.match(log.problems.join(), /ENOENT/);
  await folder.write(failedLine(minutesAgo(3), "снова здесь"));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(5), ...failure(minutesAgo(3), "снова здесь") });
});

t.test("a file that cannot be read is reported, and the others are read", async (t) => {
  const folder = makeLogFolder(t);
  await folder.append("a.log", failedLine(minutesAgo(3), "тайна"));
  await chmod(folder.path("a.log"), 0);
  const log = await folder.follow();
  t.match(await withoutPrivileges(log.readLogState), { unmatched: null }, "it may tell of an exchange");
  await folder.append("b.log", succeededLine(minutesAgo(5)));
  t.match(await withoutPrivileges(log.read), { lastSuccessAt: minutesAgo(5), error: null });
  t.match(log.problems, [/^a\.log: EACCES/, /^a\.log: EACCES/]);
  await chmod(folder.path("a.log"), 0o600);
  t.match(await log.read(), failure(minutesAgo(3), "тайна"));
});

const LOW_LIMITS = { bytesOfFile: 1024 ** 2, bytesOfReading: 4 * 1024 ** 2 };
const noise = (megabytes: number) => otherLine(minutesAgo(2)).repeat((megabytes * 1024 ** 2) / 60);

t.test("what was skipped may hold a failure: nothing old is known until the next exchange", async (t) => {
  const folder = makeLogFolder(t);
  await folder.write(attemptedLine(minutesAgo(9)) + succeededLine(minutesAgo(8)));
  const log = await folder.follow({ limits: LOW_LIMITS });
  t.match(await log.read(), { lastSuccessAt: minutesAgo(8), error: null });
  await folder.write(noise(2) + failedLine(minutesAgo(6), "нет связи"));
  const after = { lastSuccessAt: minutesAgo(8), ...failure(minutesAgo(6), "нет связи") };
  t.match(await log.read(), after, "an exchange after it makes known again what was known before");

  await folder.write(failedLine(minutesAgo(5), "нарушена целостность базы") + noise(2));
  t.same(await log.read(), { lastAttemptAt: null, lastSuccessAt: null, error: null });
  await folder.write(otherLine(minutesAgo(2)));
  t.same(await log.read(), { lastAttemptAt: null, lastSuccessAt: null, error: null }, "still nothing");

  await folder.write(succeededLine(minutesAgo(1)));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(1), error: null });
});

t.test("a part skipped in one file says nothing against a later exchange in another", async (t) => {
  const folder = makeLogFolder(t);
  await folder.append("exchange.log", succeededLine(minutesAgo(9)));
  const log = await folder.follow({ limits: LOW_LIMITS });
  await log.read();
  await folder.write(noise(2));
  await folder.append("exchange.log", succeededLine(minutesAgo(1)));
  t.match(await log.read(), { lastSuccessAt: minutesAgo(1), error: null }, "later than what was skipped");
  await folder.write(noise(2));
  await folder.append("exchange.log", succeededLine(minutesAgo(3)));
  t.match(await log.read(), { lastSuccessAt: null }, "earlier than the end of what was skipped");
});

t.test("while a pattern of one's own is unusable, failures are told and no success is claimed", async (t) => {
  const folder = makeLogFolder(t, { succeeded: ["(?=обмен)обмен закрыт"] });
  const log = await folder.follow();
  await folder.write(attemptedLine(minutesAgo(9)) + succeededLine(minutesAgo(8)));
  t.same(await log.read(), { lastAttemptAt: minutesAgo(9), lastSuccessAt: null, error: null });
  await folder.write(failedLine(minutesAgo(7), "нет связи"));
  t.match(await log.read(), { lastSuccessAt: null, ...failure(minutesAgo(7), "нет связи") });
});
