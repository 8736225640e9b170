import { appendFile, truncate } from "node:fs/promises";
import t from "tap";
import {
  attemptedLine,
  failedLine,
  makeLogFolder,
  minutesAgo,
  otherLine,
  succeededLine,
} from "../helpers/log-folder.ts";

const MIB = 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;

t.test("of a large log only the end is read, and of older ones nothing", async (t) => {
  const folder = makeLogFolder(t);
  for (const name of ["old-1.log", "old-2.log", "pos.log"]) {
    await folder.append(name, "");
    await truncate(folder.path(name), 200 * MIB);
  }
  await folder.age("old-1.log", 3000);
  await folder.age("old-2.log", 1500);
  await appendFile(
    folder.path("pos.log"),
    `\n${attemptedLine(minutesAgo(6))}${succeededLine(minutesAgo(5))}`,
  );
  const log = await folder.follow();
  t.match(await log.read(), { lastAttemptAt: minutesAgo(6), lastSuccessAt: minutesAgo(5), error: null });
  t.equal(log.totalBytesRead(), BLOCK_BYTES);

  await log.read();
  t.equal(log.totalBytesRead(), BLOCK_BYTES, "nothing is read when nothing changed");
  const added = failedLine(minutesAgo(3), "нет связи");
  await folder.write(added);
  t.match(await log.read(), { error: { message: "нет связи" } });
  t.equal(log.totalBytesRead(), BLOCK_BYTES + Buffer.byteLength(added), "only what was added");
});

t.test("logs without an exchange are searched up to a limit", async (t) => {
  const folder = makeLogFolder(t);
  for (let number = 1; number <= 6; number += 1) {
    const name = `pos-${number}.log`;
    await folder.append(name, "");
    await truncate(folder.path(name), 40 * MIB);
    await folder.append(name, `\n${otherLine(minutesAgo(number))}`);
    await folder.age(name, number);
  }
  const limits = { bytesOfFile: 16 * MIB, bytesOfReading: 64 * MIB };
  const log = await folder.follow({ limits });
  t.same(await log.read(), { lastAttemptAt: null, lastSuccessAt: null, error: null });
  t.ok(log.totalBytesRead() <= 64 * MIB + BLOCK_BYTES, `${log.totalBytesRead()}`);
  t.ok(log.totalBytesRead() >= 64 * MIB - BLOCK_BYTES, `${log.totalBytesRead()}`);
  t.match(await log.readLogState(), { unmatched: null }, "what was not read may tell of an exchange");
  t.ok(log.totalBytesRead() <= 64 * MIB + BLOCK_BYTES, "not searched again");
  await folder.append("pos-6.log", succeededLine(minutesAgo(0)));
  t.match(await log.read(), { lastSuccessAt: Number }, "what is added to a file that was left out counts");
  t.match(await log.readLogState(), { unmatched: false });
});

t.test("a failure is found beyond a long quiet time", async (t) => {
  const folder = makeLogFolder(t);
  await folder.append("pos-1.log", succeededLine(minutesAgo(600)) + failedLine(minutesAgo(590), "давно"));
  await folder.age("pos-1.log", 590);
  await folder.append("pos-2.log", otherLine(minutesAgo(5)).repeat(20_000));
  t.match(await (await folder.follow()).read(), {
    lastSuccessAt: minutesAgo(600),
    error: { at: minutesAgo(590), message: "давно" },
  });
});
