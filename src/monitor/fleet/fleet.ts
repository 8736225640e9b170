import fp from "fastify-plugin";
import { sql } from "kysely";
import { keepFindings } from "../database/keep-findings.ts";
import type { OpenDatabase } from "../database/open.ts";
import type { Db } from "../database/schema.ts";
import { readSettings } from "../installation/settings.ts";
import type { StateRules } from "./state.ts";
import { countFleet } from "./summary.ts";

export type CommonFailure = Awaited<ReturnType<typeof listCommonFailures>>[number];

const ENOUGH_POS_SERVERS = 3;
const ENOUGH_SHARE = 0.05;

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

/**
 * The newest version that at least 3 POS servers and 5 % of the fleet run (without parked ones), in its shortest spelling;
 * null when no version is so common.
 */
export async function findCommonNewestVersion(db: Db): Promise<string | null> {
  const enough = Math.max(ENOUGH_POS_SERVERS, ENOUGH_SHARE * (await countFleet(db)));
  const common = await db
    .selectFrom("posStatus")
    .select(sql<string | null>`min(version)`.as("version"))
    .where("standing", "=", "active")
    .where("versionSort", "is not", null)
    .groupBy("versionSort")
    .having(({ fn }) => fn.countAll(), ">=", enough)
    .orderBy("versionSort", "desc")
    .limit(1)
    .executeTakeFirst();
  return common?.version ?? null;
}

/** Lists the open common incidents in which POS servers still fail, the widest first; for each cause only the widest. */
async function listCommonFailures(db: Db) {
  const rows = await db
    .selectFrom("incident")
    .innerJoin("cause", "cause.id", "causeId")
    .select(["incident.id as incidentId", "causeKey", "openedAt as since"])
    .where("kind", "=", "common")
    .where("closedAt", "is", null)
    .where("failing", ">", 0)
    .orderBy("failing", "desc")
    .orderBy("incident.id", "desc")
    .execute();
  const seen = new Set<string>();
  return rows.flatMap(({ incidentId, causeKey, since }) => {
    if (causeKey === null || seen.has(causeKey)) return [];
    seen.add(causeKey);
    return [{ incidentId, causeKey, since }];
  });
}

declare module "fastify" {
  interface FastifyInstance {
    fleet: Fleet;
  }
}

export default fp(
  async (app) => {
    app.decorate("fleet", createFleet(app.database, app.clock));
  },
  { name: "fleet", dependencies: ["database"] },
);
