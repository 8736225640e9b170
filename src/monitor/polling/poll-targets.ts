import type { Db } from "../database/schema.ts";
import type { Connection } from "../pos-client/calls/pos-server.ts";

/** A POS server that is to be polled, as the registry has it; its token is still sealed. */
export interface PollTarget {
  id: number;
  connection: Connection;
  /** null for one whose agent dials in. */
  address: string | null;
  sealedToken: Uint8Array | null;
  fingerprint: string | null;
  identity: string | null;
  crmId: string;
  /** null = the interval of the settings. */
  pollIntervalMs: number | null;
  failedPolls: number;
}

/** Lists the POS servers that can be reached somehow and are neither parked nor of an archived organization. */
export async function listPollTargets(db: Db): Promise<PollTarget[]> {
  return await db
    .selectFrom("posServer")
    .innerJoin("organization", "organization.id", "posServer.organizationId")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select([
      "posServer.id",
      "posServer.connection",
      "posServer.address",
      "posServer.sealedToken",
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

/** The number that grows with every change of the registry, by this process or another. */
export async function readRegistryRevision(db: Db): Promise<number> {
  const { revision } = await db.selectFrom("registryRevision").select("revision").executeTakeFirstOrThrow();
  return revision;
}

/** Whether a POS server is still called in the same way: also when it has got its identity with its first report meanwhile. */
export function isSameTarget(target: PollTarget, other: PollTarget | undefined): boolean {
  return (
    other !== undefined &&
    target.connection === other.connection &&
    target.address === other.address &&
    (target.identity === null || target.identity === other.identity) &&
    target.fingerprint === other.fingerprint &&
    target.crmId === other.crmId &&
    Buffer.compare(target.sealedToken ?? Buffer.alloc(0), other.sealedToken ?? Buffer.alloc(0)) === 0
  );
}
