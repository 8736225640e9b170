import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Type from "typebox";
import { Value } from "typebox/value";
import { errorText } from "../../protocol/error-text.ts";
import { writeFileAtomically } from "../../protocol/files.ts";
import type { Config } from "../config.ts";
import { hasHolder } from "../database/lock.ts";
import { onStopRequest } from "../stop-requests.ts";
import { findUnready } from "./ask-whether-ready.ts";
import { keepCopy, putCopyBack } from "./kept-copy.ts";
import {
  COMPILED,
  LAUNCHER,
  ownVersion,
  type Places,
  readVersion,
  versionFile,
  versionFolder,
} from "./places.ts";

const UpgradeRecord = Type.Object({
  /** The version that is to be taken. */
  version: Type.String(),
  /** `trying`: the database may be newer than the version before. `refused`: it is as it was. */
  state: Type.Enum(["trying", "refused"]),
  tries: Type.Integer(),
  /** Why it was refused. */
  why: Type.String(),
});
type UpgradeRecord = Type.Static<typeof UpgradeRecord>;

const fileOf = ({ data }: Places) => join(data, "upgrade.json");

/** Until it takes the data folder. */
const BEGUN_WITHIN_MS = 120_000;
/** Of a large database on a slow disk. */
const MIGRATED_WITHIN_MS = 30 * 60_000;
/** After its migrations. */
const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 250;
/** One that is killed again and again is not the one to run. */
const MAX_TRIES = 3;
/** Kept of what it said at last, as the reason. */
const MAX_WHY = 2_000;

/**
 * Before an installed monitor serves: if another version was installed since, tries that one on the data, of which it keeps
 * a copy. What proves itself is named as the one to run. What does not is refused, and the data are as they were. It can
 * be killed at any moment: whoever starts next puts right what it left.
 * @returns whether another version is to run now, so that this process has to end.
 */
export async function takeWantedVersion(config: Config, places: Places): Promise<boolean> {
  const own = ownVersion(places);
  if (own === null) return false;
  const record = readUpgradeRecord(places);
  const isTaken = record?.version === own;
  if (record?.state === "trying" && !isTaken) await putCopyBack(config.dataDir);
  if (readVersion(places, "data") !== own)
    await writeFileAtomically(versionFile(places, "data"), `${own}\n`, 0o600);

  const wanted = readVersion(places, "programs");
  if (wanted === null || wanted === own) return false;
  const before = record?.version === wanted ? record : null;
  if (before?.state === "refused") return false;
  const tries = (before?.tries ?? 0) + 1;
  const why =
    tries > MAX_TRIES ? "it was interrupted too often" : await tryVersion(wanted, tries, config, places);
  if (why === null) {
    // Of the version before, whose folder goes with the next one.
    rmSync(join(config.dataDir, COMPILED), { recursive: true, force: true });
    await writeFileAtomically(versionFile(places, "data"), `${wanted}\n`, 0o600);
    return true;
  }
  process.stderr.write(`The version ${wanted} is not taken: ${why}\n`);
  await writeUpgradeRecord(places, { version: wanted, state: "refused", tries, why });
  return false;
}

/** @returns null when it has proved itself; otherwise why not, with the data as they were. */
async function tryVersion(
  version: string,
  tries: number,
  config: Config,
  places: Places,
): Promise<string | null> {
  try {
    await keepCopy(config.dataDir);
  } catch (error) {
    return `the database could not be copied: ${errorText(error)}`;
  }
  await writeUpgradeRecord(places, { version, state: "trying", tries, why: "" });
  const trialFile = join(config.dataDir, "upgrade-trial");
  rmSync(trialFile, { force: true });
  const program = join(versionFolder(places, version), LAUNCHER);
  const child = spawn(program, ["serve"], {
    env: { ...process.env, POSWATCH_HOST: "1", POSWATCH_TRIAL: trialFile },
    stdio: ["pipe", "inherit", "pipe"],
    windowsHide: true,
  });
  const said = collect(child);
  const askNoMore = onStopRequest(() => void endTrial(child).then(() => process.exit(0)));
  const isWanted = () => readVersion(places, "programs") === version;
  const why = await untilReady(child, trialFile, config, said, isWanted);
  await endTrial(child);
  askNoMore();
  rmSync(trialFile, { force: true });
  if (why !== null) await putCopyBack(config.dataDir);
  return why;
}

async function untilReady(
  child: ChildProcess,
  trialFile: string,
  config: Config,
  said: () => string,
  isWanted: () => boolean,
): Promise<string | null> {
  const startedAt = performance.now();
  let begunAt: number | null = null;
  let migratedAt: number | null = null;
  let end: string | null = null;
  child.on("error", (error) => (end = errorText(error)));
  child.on("exit", (code, signal) => (end ??= said() || `it ended with ${code ?? signal}`));
  for (;;) {
    if (end !== null) return end;
    if (!isWanted()) return "another one was installed meanwhile";
    const now = performance.now();
    if (hasHolder(config.dataDir)) begunAt ??= now;
    if (existsSync(trialFile)) migratedAt ??= now;
    if ((begunAt ?? migratedAt) === null && now - startedAt > BEGUN_WITHIN_MS)
      return `it did not begin within ${BEGUN_WITHIN_MS / 1_000} s`;
    const unready = migratedAt === null ? null : await findUnready(config);
    if (migratedAt !== null && unready === null) return null;
    if (migratedAt !== null && now - migratedAt > READY_WITHIN_MS)
      return `it was not ready within ${READY_WITHIN_MS / 1_000} s: ${unready}`;
    if (migratedAt === null && now - startedAt > MIGRATED_WITHIN_MS)
      return `it had not brought the database to its schema after ${MIGRATED_WITHIN_MS / 60_000} minutes`;
    await delay(LOOK_EVERY_MS);
  }
}

/** Tells it to stop, which it does within seconds. */
async function endTrial(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.stdin?.end();
  const killing = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exited;
  clearTimeout(killing);
}

/** Passes on what it says of errors. @returns the end of it. */
function collect(child: ChildProcess): () => string {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    process.stderr.write(chunk);
    said = `${said}${chunk}`.slice(-MAX_WHY);
  });
  child.stdin?.on("error", () => undefined); // it has ended
  return () => said.trim();
}

/** @returns null when there was none. */
export function readUpgradeRecord(places: Places): UpgradeRecord | null {
  try {
    const record: unknown = JSON.parse(readFileSync(fileOf(places), "utf8"));
    return Value.Check(UpgradeRecord, record) ? record : null;
  } catch {
    return null;
  }
}

async function writeUpgradeRecord(places: Places, record: UpgradeRecord): Promise<void> {
  await writeFileAtomically(fileOf(places), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}
