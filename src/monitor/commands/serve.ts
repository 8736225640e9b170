import { watchFile } from "node:fs";
import { parseArgs } from "node:util";
import { findPlaces, ownVersion, type Places, readVersion, versionFile } from "../installer/places.ts";
import { takeWantedVersion } from "../installer/take-wanted-version.ts";
import { loadConfig, SETTING_NAMES } from "../settings-file.ts";
import { runCommand } from "./command-line.ts";

const USAGE = `Runs Poswatch until SIGTERM, or Ctrl-C.

Settings are variables of the environment, or lines NAME=VALUE of the file poswatch.env in the folder DATA_DIR (./data):
${SETTING_NAMES.join(", ")}.
A wrong one is refused, with what it may be.
`;
/** Whoever keeps it running starts it again at once, as the other version. */
const FOR_ANOTHER_VERSION = 75;
const LOOKED_FOR_EVERY_MS = 1_000;

async function main(): Promise<void> {
  parseArgs();
  const config = loadConfig(process.env);
  const { POSWATCH_TRIAL: trialFile = null } = process.env;
  const places = trialFile === null ? findPlaces(process.env) : null;
  const installed = places && ownVersion(places) !== null ? places : null;
  const findWanted = () => installed && readVersion(installed, "programs");
  let wanted: string | null;
  do {
    wanted = findWanted();
    if (installed && (await takeWantedVersion(config, installed))) process.exit(FOR_ANOTHER_VERSION);
  } while (findWanted() !== wanted);
  const { startServer } = await import("../server.ts");
  const stop = await startServer(config, trialFile);
  if (installed)
    onInstalled(installed, wanted, () => stop("another version was installed", FOR_ANOTHER_VERSION));
}

/** Calls back when another version was installed than the one that was seen last. */
function onInstalled(places: Places, seen: string | null, stop: () => void): void {
  const look = () => {
    const wanted = readVersion(places, "programs");
    if (wanted !== null && wanted !== seen) stop();
  };
  watchFile(versionFile(places, "programs"), { interval: LOOKED_FOR_EVERY_MS }, look);
  // It may have been while this one started.
  look();
}

runCommand(USAGE, main);
