import { join } from "node:path";
import { LAUNCHER, ownFolder, type Places } from "./places.ts";
import { runProgram } from "./run-program.ts";
import type { Service } from "./service.ts";

/** By the service manager of Windows, as SYSTEM; the native host does what it takes, and the service is its installed copy. */
export function windowsService({ data }: Places): Service {
  const host = join(ownFolder(), LAUNCHER);
  return {
    log: `the file monitor.log in ${data}`,
    prepare: async () => void (await runProgram(host, "protect-data")),
    // The folder of programs hands on that only administrators change what is in it.
    closeProgram: async () => undefined,
    enter: async () => void (await runProgram(host, "enter-service")),
  };
}
