import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";
import { savePollResults } from "../polling/save-results.ts";
import type { PosClient, StatusOutcome } from "../pos-client/client.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import type { Fleet } from "./fleet.ts";

export interface PollNowDependencies {
  db: Kysely<Database>;
  client: PosClient;
  fleet: Fleet;
  secretBox: SecretBox;
}

/** Polls one POS server at once. Whoever asks while that poll is under way gets its outcome. */
export type PollNow = (posServerId: number) => Promise<StatusOutcome>;

/** Makes «Проверить связь». The outcome is saved like that of any poll, unless the POS server is parked. */
export function createPollNow({ db, client, fleet, secretBox }: PollNowDependencies): PollNow {
  const underWay = new Map<number, Promise<StatusOutcome>>();

  return (posServerId) => {
    const running = underWay.get(posServerId);
    if (running) return running;
    const poll = pollAndSave(posServerId).finally(() => underWay.delete(posServerId));
    underWay.set(posServerId, poll);
    return poll;
  };

  async function pollAndSave(posServerId: number): Promise<StatusOutcome> {
    const registered = await readPosServer(posServerId);
    const { sealed_token, parked, identity, ...posServer } = registered;
    const token = sealed_token && secretBox.open(sealed_token);
    const outcome = await client.fetchStatus({ ...posServer, token, posServerId: identity });
    if (parked === 1) return outcome;
    await savePollResults(db, [{ posServerId, outcome }], await fleet.stateRules());
    fleet.statusesChanged();
    return outcome;
  }

  async function readPosServer(posServerId: number) {
    return await db
      .selectFrom("pos_server")
      .innerJoin("organization", "organization.id", "pos_server.organization_id")
      .select(["pos_server.id", "address", "sealed_token", "fingerprint", "identity", "parked"])
      .select("organization.crm_id as crmId")
      .where("pos_server.id", "=", posServerId)
      .executeTakeFirstOrThrow();
  }
}
