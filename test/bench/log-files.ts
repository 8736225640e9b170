import { open, utimes } from "node:fs/promises";
import { join } from "node:path";

const MEGABYTE = 1024 * 1024;
const LINE_MS = 37;

/** Writes log files whose lines are as alike, and as different, as those of a service. @returns their paths. */
export async function writeLogFiles(
  folder: string,
  { files, megabytes }: { files: number; megabytes: number },
): Promise<string[]> {
  const paths: string[] = [];
  for (let file = 0; file < files; file++) {
    const path = join(folder, `sync-${String(file).padStart(3, "0")}.log`);
    const handle = await open(path, "w");
    for (let part = 0; part < megabytes; part++) await handle.appendFile(linesOf(file, part));
    await handle.close();
    const modifiedAt = new Date(Date.now() - (file + 1) * 1_000);
    await utimes(path, modifiedAt, modifiedAt);
    paths.push(path);
  }
  return paths;
}

function linesOf(file: number, part: number): Buffer {
  const text: string[] = [];
  let random = file * 7919 + part * 104_729 + 1;
  let length = 0;
  for (let at = Date.now() - 3_600_000; length < MEGABYTE; at += LINE_MS) {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    const time = new Date(at).toISOString().slice(0, 23).replace("T", " ").replace(".", ",");
    const line = `[${time}] DEBUG [${random % 64}] — Касса ${random % 9}: гость ${random}, баланс ${(random % 100_000) / 100}\n`;
    text.push(line);
    length += line.length;
  }
  return Buffer.from(text.join("")).subarray(0, MEGABYTE);
}
