import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { writeFileAtomically } from "../../protocol/files.ts";
import { compareVersions } from "../../protocol/versions.ts";
import { findPortProblem } from "../installation/tls-choice.ts";
import { findUnready, ownUrl } from "../installer/ask-whether-ready.ts";
import { findPlaces, ownVersion, type Places, readVersion, versionFile } from "../installer/places.ts";
import { copyProgram, readOwnVersion, removeOthers, takeLauncher } from "../installer/program-files.ts";
import { type Service, serviceOf } from "../installer/service.ts";
import { readUpgradeRecord } from "../installer/take-wanted-version.ts";
import { loadConfig } from "../settings-file.ts";
import { runCommand } from "./command-line.ts";

const USAGE = `Installs Poswatch as a service of this system, from the folder that its archive was unpacked to. Where a version is installed,
this one takes its place; if it does not work, that one goes on with its data as they were. Asks before it goes back to an older version.

  poswatch install
  poswatch install --older     goes back without asking
`;
/** But for an upgrade, which takes as long as it takes. */
const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 500;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { older: { type: "boolean", default: false } } });
  const places = findPlaces(process.env);
  if (!places)
    throw new Error("Only what an archive has brought can be installed: `npm run build` makes one.");
  if (ownVersion(places) !== null)
    throw new Error(
      "This one is installed already: unpack the archive of another version, and install from there.",
    );
  process.umask(0o022);
  const service = serviceOf(places);
  await service.prepare();
  // What would keep it from its start is told before the program is copied.
  const config = loadConfig({ DATA_DIR: places.data });
  const before = readVersion(places, "data");
  if (before && !values.older) await confirmOlder(before, await readOwnVersion());
  const portProblem = before ? null : await findPortProblem(config);
  if (portProblem)
    throw new Error(
      `${portProblem}. End what has the port, or name another one in ${join(places.data, "poswatch.env")}: PORT=8090`,
    );
  const version = await copyProgram(places, service);
  if (!before) await takeLauncher(places, version);
  // From now on what runs takes this version by itself, whatever becomes of this command.
  await writeFileAtomically(versionFile(places, "programs"), `${version}\n`, 0o644);
  await service.enter();
  process.stdout.write(
    before
      ? `${before} gives way to ${version}, which is tried on the data first. A copy of them is kept; with much data that takes minutes …\n`
      : `${version} starts …\n`,
  );
  const url = await untilTaken(version, places, service).catch(async (error: unknown) => {
    if (before) await removeOthers(places, [before, readVersion(places, "programs")]);
    throw error;
  });
  await takeLauncher(places, version);
  await removeOthers(places, [version, before]);
  process.stdout.write(
    `Poswatch works, and starts with this system: ${url}\nIts data and its settings (poswatch.env) are in ${places.data}\n`,
  );
  const tokenFile = join(places.data, "setup-token");
  if (!existsSync(tokenFile)) return;
  const code = process.stdout.isTTY ? readFileSync(tokenFile, "utf8").trim() : `in ${tokenFile}`;
  process.stdout.write(`The code for its first page is ${code}\n`);
}

/** @throws Error unless this version is as new as the installed one, or somebody at the terminal wants it all the same. */
async function confirmOlder(before: string, version: string): Promise<void> {
  const [installed = ""] = before.split("-");
  if ((compareVersions(version, installed) ?? 0) >= 0) return;
  const older = `${installed} is installed, which is newer than ${version}.`;
  if (!process.stdin.isTTY) throw new Error(`${older} To go back all the same: poswatch install --older`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${older} Go back to ${version}? Type yes: `);
  terminal.close();
  if (answer.trim() !== "yes") throw new Error(`${installed} stays.`);
}

/** @returns where this machine reaches it. @throws Error why this version does not run. */
async function untilTaken(version: string, places: Places, service: Service): Promise<string> {
  let begun = performance.now();
  let why: string | null = null;
  while (performance.now() - begun < READY_WITHIN_MS) {
    const record = readUpgradeRecord(places);
    if (record?.version === version && record.state === "refused")
      throw new Error(
        `${version} is not taken: ${record.why}\nThe version before is the one to run, with its data as they were.`,
      );
    if (record?.version === version && readVersion(places, "data") !== version) begun = performance.now();
    const config = loadConfig({ DATA_DIR: places.data });
    why = readVersion(places, "data") === version ? await findUnready(config) : "it is not taken yet";
    if (why === null) return ownUrl(config);
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`It is installed, but not ready: ${why}. Its log says more: ${service.log}`);
}

runCommand(USAGE, main);
