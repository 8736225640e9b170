import { sql } from "kysely";
import type { Db } from "../database/schema.ts";

/** A POS server to be polled; its token is still sealed, in hex, as a Buffer takes three times the memory; "" = none. */
export type PollTarget = Awaited<ReturnType<typeof listPollTargets>>[number];

/** Those that can be called and are neither parked nor of an archived organization. */
export async function listPollTargets(db: Db) {
  return await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select([
      "posServer.id",
      "posServer.connection",
      "posServer.address",
      sql<string>`hex(pos_server.sealed_token)`.as("sealedToken"),
      "posServer.fingerprint",
      "posServer.identity",
      "posServer.pollIntervalMs",
      "organization.crmId",
      "posStatus.failedPolls",
    ])
    .where("posServer.parked", "=", 0)
    .where(({ or, eb }) =>
      or([eb("posServer.address", "is not", null), eb("posServer.connection", "=", "dial_out")]),
    )
    .where("organization.archivedAt", "is", null)
    .execute();
}

/** Grows with every change of the registry, by any process. */
export async function readRegistryRevision(db: Db): Promise<number> {
  const { revision } = await db.selectFrom("registryRevision").select("revision").executeTakeFirstOrThrow();
  return revision;
}

/** Whether it is still called in the same way, apart from an identity given by its first report. */
export function isSameTarget(target: PollTarget, other: PollTarget | undefined): boolean {
  return (
    other !== undefined &&
    target.connection === other.connection &&
    target.address === other.address &&
    (target.identity === null || target.identity === other.identity) &&
    target.fingerprint === other.fingerprint &&
    target.crmId === other.crmId &&
    target.sealedToken === other.sealedToken
  );
}
