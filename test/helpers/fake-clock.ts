import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";

const LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

export type FakeClock = ReturnType<typeof makeFakeClock>;

/** Whether the clock of another program can be set here: why it cannot, or false. */
export const noFakeClock = !existsSync(LIBRARY) && "libfaketime (Debian's package faketime) is not there";

/** Makes a clock for other programs, to set while they run; their monotonic one and the times of files go on. */
export function makeFakeClock(t: Owner) {
  const file = join(makeFolder(t), "offset");
  let offsetMs = 0;
  write();
  return {
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
    now: () => Date.now() + offsetMs,
    /** Sets it by so much, ms; backwards when negative. */
    jump(ms: number) {
      offsetMs += ms;
      write();
    },
  };

  function write(): void {
    const seconds = offsetMs / 1000;
    writeFileSync(`${file}.new`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    renameSync(`${file}.new`, file);
  }
}
