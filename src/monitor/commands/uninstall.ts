import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { findPlaces } from "../installer/places.ts";
import { removeFromLinux } from "../installer/service.ts";
import { runCommand } from "./command-line.ts";

const USAGE = `Takes the service and the program away, and leaves the data.

  poswatch uninstall
`;

/** For Linux: on Windows the native host does it, since a program that runs cannot be deleted there. */
async function main(): Promise<void> {
  parseArgs();
  const places = findPlaces(process.env);
  if (!places) throw new Error("Only what was installed from an archive can be uninstalled.");
  if (!existsSync(places.programs)) throw new Error("Poswatch is not installed here.");
  await removeFromLinux(places);
  process.stdout.write(
    `Poswatch is removed. ${places.data} is left, with the database, its key and the backups: if Poswatch is installed again, it goes on with them. If they are not needed any more, delete the folder, and the user poswatch.\n`,
  );
}

runCommand(USAGE, main);
