import { type RawBuilder, type SqlBool, sql } from "kysely";
import { idList } from "../database/id-list.ts";
import type { Db } from "../database/schema.ts";
import type { Cause } from "../fleet/cause-catalogue.ts";
import { isShownTo, type OrganizationAccess } from "../viewer/access.ts";

const SHOWN_ENDS = 10;
/** So many of a cause are looked through: a viewer of few organizations does not make it read all of a large chain. */
const MOST_READ = 2_000;

type RepairKind = "reset" | "start" | "restart";
type ProvenRepair = Awaited<ReturnType<ReturnType<typeof selectProvenRepairs>["execute"]>>[number];

/** How a POS server got over a trouble, and the last repair that ended it; null = none. Times in ms UTC. */
export type PastEnd = FoundEnd & { repair: ProvenRepair | null };
type FoundEnd = Awaited<ReturnType<ReturnType<typeof selectEnds>["execute"]>>[number];

/** The last end at a POS server that this viewer may see, common incidents included, and the last one elsewhere. */
export async function findLastEnds(
  db: Db,
  access: OrganizationAccess,
  posServerId: number,
  knownAs: string,
): Promise<PastEnd[]> {
  const here = selectEnds(db)
    .where("posServer.id", "=", posServerId)
    .where("incident.knownAs", "=", knownAs)
    .orderBy("endedAt", "desc")
    .limit(1);
  const isElsewhere = sql<SqlBool>`member.pos_server_id <> ${posServerId}`;
  const newest = selectNewest(db, access, sql`${knownAs}`, isElsewhere).limit(1);
  const elsewhere = selectEnds(db).where("incident.id", "in", newest);
  return await withRepairs(db, [...(await here.execute()), ...(await elsewhere.execute())]);
}

/** The last ends of each of these causes that this viewer may see, newest first; none of common incidents. */
export async function listLastEnds(
  db: Db,
  access: OrganizationAccess,
  causes: readonly Cause[],
): Promise<Map<string | null, PastEnd[]>> {
  const newest = db
    .selectFrom(sql`json_each(${JSON.stringify(causes)})`.as("cause"))
    .innerJoin("incident as ended", (join) =>
      join.on("ended.id", "in", selectNewest(db, access, sql`cause.value`).limit(SHOWN_ENDS)),
    )
    .select("ended.id");
  const ends = selectEnds(db).where("incident.id", "in", newest).orderBy("endedAt", "desc");
  return Map.groupBy(await withRepairs(db, await ends.execute()), ({ knownAs }) => knownAs);
}

function selectEnds(db: Db) {
  return db
    .selectFrom("incident")
    .innerJoin("incidentMember as member", "member.incidentId", "incident.id")
    .innerJoin("posServer", "posServer.id", "member.posServerId")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .select(["incident.id as incidentId", "knownAs", "posServer.id as posServerId", "posServer.name"])
    .select(["organization.id as organizationId", "organization.name as organizationName"])
    .select("member.joinedAt as beganAt")
    .select(({ ref }) => [
      ref("member.leftAt").$notNull().as("endedAt"),
      sql<number>`iif(kind = 'single', failing_since, ${ref("member.joinedAt")})`.as("failingSince"),
    ])
    .where("member.leftBy", "=", "recovered");
}

/** By its index, up to as many as are wanted. */
function selectNewest(
  db: Db,
  access: OrganizationAccess,
  knownAs: RawBuilder<unknown>,
  isWanted = sql<SqlBool>`true`,
) {
  const isOfCause = sql<SqlBool>`known_as = ${knownAs} and kind = 'single' and ended_by = 'recovered'`;
  return db
    .selectFrom("incident")
    .select("incident.id")
    .where(
      sql<SqlBool>`${isOfCause} and closed_at > coalesce(
        (select closed_at from incident where ${isOfCause} order by closed_at desc limit 1 offset ${MOST_READ}), 0)`,
    )
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("incidentMember as member")
          .innerJoin("organization", "organization.id", "member.organizationId")
          .select("member.id")
          .whereRef("member.incidentId", "=", "incident.id")
          .where("member.posServerId", "is not", null)
          .where(isShownTo(access))
          .where(isWanted),
      ),
    )
    .orderBy("closedAt", "desc");
}

async function withRepairs(db: Db, ends: readonly FoundEnd[]): Promise<PastEnd[]> {
  const ids = idList(ends.map(({ posServerId }) => posServerId));
  const repairs = await db
    .selectFrom(selectProvenRepairs(db).as("repair"))
    .selectAll()
    .where("posServerId", "in", ids)
    .orderBy("begunAt")
    .execute();
  const repairsOf = Map.groupBy(repairs, ({ posServerId }) => posServerId);
  return ends.map((end) => {
    const { posServerId, failingSince, endedAt } = end;
    const ending = repairsOf
      .get(posServerId)
      ?.findLast(({ begunAt }) => begunAt !== null && begunAt >= failingSince && begunAt <= endedAt);
    return { ...end, repair: ending ?? null };
  });
}

/** Resets of a database, starts and restarts of a service after which an exchange was seen; times in ms UTC. */
function selectProvenRepairs(db: Db) {
  const starts = db
    .selectFrom("serviceStart")
    .select(["posServerId", "requestedAt", "startedAt as begunAt", "runsAt", "syncedAt"])
    .select(sql<RepairKind>`iif(is_restart = 1, 'restart', 'start')`.as("kind"))
    .where("exchange", "=", "restored");
  return db
    .selectFrom("databaseReset")
    .select(["posServerId", "requestedAt", "begunAt", "runsAt", "syncedAt"])
    .select(sql<RepairKind>`'reset'`.as("kind"))
    .where("step", "=", "done")
    .unionAll(starts);
}
