import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { Db } from "../database/schema.ts";
import { readSettings } from "../installation/settings.ts";
import { type CommonFailure, listCommonFailures } from "./common-failures.ts";
import { findCommonNewestVersion } from "./required-version.ts";
import { createNameSearch } from "./search-names.ts";
import type { StateRules } from "./state.ts";

const MAX_AGE_MS = 5_000;

export type Fleet = ReturnType<typeof createFleet>;

/** What follows from the fleet as a whole. Changes of settings and registry count at once, polls within 5 s. */
export function createFleet(database: OpenDatabase, clock: () => number) {
  const { db } = database;
  const options = { database, maxKept: 1, maxAgeMs: MAX_AGE_MS, clock };
  const keepRules = keepFindings<StateRules>(options);
  const keepFailures = keepFindings<CommonFailure[]>(options);

  return {
    stateRules: () => keepRules("stateRules", () => readStateRules(db)),
    commonFailures: () => keepFailures("commonFailures", () => listCommonFailures(db)),
    searchNames: createNameSearch(),
  };
}

async function readStateRules(db: Db): Promise<StateRules> {
  const settings = await readSettings(db);
  return {
    minimumVersion: settings.minimumVersion,
    requiredVersion: settings.requiredVersion || (await findCommonNewestVersion(db)),
    staleAfterMs: settings.staleAfterMs,
    unreachableAfterPolls: settings.unreachableAfterPolls,
  };
}
