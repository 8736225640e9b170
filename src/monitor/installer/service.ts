import { linuxService } from "./linux-service.ts";
import type { Places } from "./places.ts";
import { windowsService } from "./windows-service.ts";

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
