import { join } from "node:path";
import { linuxService } from "./linux-service.ts";
import { LAUNCHER, ownFolder, type Places } from "./places.ts";
import { runProgram } from "./run-program.ts";

/** How a system keeps Poswatch running. Each step can be repeated, and puts right what is there. */
export interface Service {
  /** Makes the data folder, for the service and administrators alone. @throws Error why nothing can be installed. */
  prepare(): Promise<void>;
  /** Closes a folder with a program to changes by others. */
  closeProgram(folder: string): Promise<void>;
  /** Has the system start it, now and with every start of the system; one that runs goes on. */
  enter(): Promise<void>;
  /** Where it says what is wrong, as a sentence ends. */
  log: string;
}

export function serviceOf(places: Places): Service {
  return process.platform === "win32" ? windowsService(places) : linuxService(places);
}

/** By the service manager of Windows, as SYSTEM; the native host does what it takes, and the service is its installed copy. */
function windowsService({ data }: Places): Service {
  const host = join(ownFolder(), LAUNCHER);
  return {
    log: `the file monitor.log in ${data}`,
    prepare: async () => void (await runProgram(host, "protect-data")),
    // The folder of programs hands on that only administrators change what is in it.
    closeProgram: async () => undefined,
    enter: async () => void (await runProgram(host, "enter-service")),
  };
}
