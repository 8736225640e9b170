import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./folder.ts";
import type { Owner } from "./owner.ts";

/** Of Debian's package `faketime`. */
const LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/** The clock of other programs, which can be set while they run; the monotonic one and the times of files go on. */
export interface FakeClock {
  /** For the programs whose clock it is. */
  env: NodeJS.ProcessEnv;
  /** What they take for now, ms UTC. */
  now(): number;
  /** Sets it by so much, ms; backwards when negative. */
  jump(ms: number): void;
}

/** Whether the clock of another program can be set here: why it cannot, or false. */
export const noFakeClock = !existsSync(LIBRARY) && "libfaketime (Debian's package faketime) is not there";

/** Makes a clock that is right until it is set. */
export function makeFakeClock(t: Owner): FakeClock {
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
    jump(ms) {
      offsetMs += ms;
      write();
    },
  };

  /** At once: a program reads it each time it asks for the time. */
  function write(): void {
    const seconds = offsetMs / 1000;
    writeFileSync(`${file}.new`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    renameSync(`${file}.new`, file);
  }
}
