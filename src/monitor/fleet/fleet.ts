import type { Kysely } from "kysely";
import type { OpenDatabase } from "../database/open.ts";
import type { Database } from "../database/schema.ts";
import { type CommonFailure, findCommonFailures } from "./common-failure.ts";
import { findCommonNewestVersion } from "./required-version.ts";
import { readSettings } from "./settings.ts";
import type { StateRules } from "./state.ts";

const MAX_AGE_MS = 5_000;

/** What follows from the fleet as a whole. It is found anew when something was saved, at most every 5 s. */
export interface Fleet {
  /** Differs from before when anything was saved to the database, by this process or another. */
  revision(): string;
  /** To be called after polls were saved. */
  statusesChanged(): void;
  /** To be called after the registry or the settings changed: whatever was found is stale at once. */
  registryChanged(): void;
  stateRules(): Promise<StateRules>;
  commonFailures(): Promise<CommonFailure[]>;
}

export function createFleet({ db, othersRevision }: OpenDatabase, clock: () => number): Fleet {
  let registryRevision = 0;
  let statusRevision = 0;
  const stateRules = remember(() => readStateRules(db));
  const commonFailures = remember(() => findCommonFailures(db));

  return {
    revision: () => `${registryRevision}.${statusRevision}.${othersRevision()}`,
    statusesChanged() {
      statusRevision++;
    },
    registryChanged() {
      registryRevision++;
      stateRules.forget();
      commonFailures.forget();
    },
    stateRules: () => stateRules.get(),
    commonFailures: () => commonFailures.get(),
  };

  function remember<T>(find: () => Promise<T>) {
    let found: Promise<T> | null = null;
    let foundAt = 0;
    let foundRevision = -1;
    return {
      get(): Promise<T> {
        const isFresh = foundRevision === statusRevision || Math.abs(clock() - foundAt) < MAX_AGE_MS;
        if (found && isFresh) return found;
        foundAt = clock();
        foundRevision = statusRevision;
        found = find();
        found.catch(() => {
          found = null;
        });
        return found;
      },
      forget() {
        found = null;
      },
    };
  }
}

async function readStateRules(db: Kysely<Database>): Promise<StateRules> {
  const settings = await readSettings(db);
  return {
    minimumVersion: settings.minimumVersion,
    requiredVersion: settings.requiredVersion || (await findCommonNewestVersion(db)),
    staleAfterMs: settings.staleAfterMs,
    unreachableAfterPolls: settings.unreachableAfterPolls,
  };
}
