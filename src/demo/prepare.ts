import { copyFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { boundCrmId, type DemoPosServer, isInstalled } from "./chain.ts";
import { type PosServerFolder, posServerFolder } from "./folders.ts";
import { writeLogHistory } from "./log-history.ts";
import type { LoyaltyStore } from "./loyalty.ts";
import { damageGuestWallets, openPosDatabase } from "./pos-database.ts";
import { type Random, seededRandom } from "./random.ts";
import { troubleAgeMs } from "./troubles.ts";

const EDITS_SINCE_TROUBLE = 18;
/** The history takes more or less of it with the time of day; what comes after is always the same. */
const HISTORY_SEED = 20_261_124;

interface ChainToPrepare {
  dataDir: string;
  posServers: readonly DemoPosServer[];
  store: LoyaltyStore;
  /** Days of old log lines, today included; 0 = none. */
  historyDays: number;
  random: Random;
}

/** Fills the folders of a new chain as if it had worked for days; POS servers with trouble have an old revision. */
export function prepareChain({ dataDir, posServers, store, historyDays, random }: ChainToPrepare): void {
  const now = Date.now();
  const historyRandom = seededRandom(HISTORY_SEED);
  /** A database with what the main server had lately, by CrmId: filling another one takes ten times as long as a copy. */
  const filled = new Map<string, { file: string; revision: number }>();

  function prepare(posServer: DemoPosServer): void {
    const folder = posServerFolder(dataDir, posServer.slug);
    const crmId = boundCrmId(posServer);
    const known = filled.get(crmId);
    // What an incomplete start has left
    rmSync(folder.dataFolder, { recursive: true, force: true });
    mkdirSync(folder.logs, { recursive: true });
    if (known) copyFileSync(known.file, folder.database);
    const revision = fillDatabase(crmId, folder, store, known?.revision ?? 0);
    if (posServer.scenario !== "damaged_database") filled.set(crmId, { file: folder.database, revision });
    writeFileSync(folder.version, `${posServer.version}\n`);
    if (posServer.scenario === "damaged_database") damageGuestWallets(folder.database);
    const troubleAt = new Date(now - troubleAgeMs(posServer.scenario));
    if (posServer.scenario === "exchange_lies") utimesSync(folder.database, troubleAt, troubleAt);
    if (historyDays > 0)
      writeLogHistory({
        posServer,
        logsFolder: folder.logs,
        now,
        days: historyDays,
        revision,
        random: historyRandom,
      });
  }

  const installed = posServers.filter(isInstalled);
  for (const posServer of installed) if (posServer.scenario !== "healthy") prepare(posServer);
  for (let edit = 0; edit < EDITS_SINCE_TROUBLE; edit += 1) {
    store.editSomeProgram(random);
    store.changeSomeBalances(random);
  }
  for (const posServer of installed) if (posServer.scenario === "healthy") prepare(posServer);
}

/** Copies the main server's data since a revision into a database, which is new at 0. @returns its revision. */
function fillDatabase(crmId: string, folder: PosServerFolder, store: LoyaltyStore, since: number): number {
  const changes = store.changesSince(crmId, since);
  if (!changes) throw new Error(`The main server knows no organization ${crmId}`);
  const database = openPosDatabase(folder.database);
  database.applyChanges(changes);
  database.close();
  return changes.revision;
}
