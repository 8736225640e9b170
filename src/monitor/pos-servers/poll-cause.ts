import type { FastifyRequest } from "fastify";
import { isVisibleTo } from "../viewer/access.ts";
import { askPosServer } from "./ask-pos-server.ts";

/** So many at once: an answer comes within the time that one call may take. */
const PORTION = 25;

export interface PolledPortion {
  answered: number;
  silent: number;
  /** The id after which the next portion begins; null after the last one. */
  next: number | null;
}

/** «Проверить связь у всех»: polls the next of the viewer's POS servers with a cause, in the order of their ids. */
export async function pollPortionOfCause(
  request: FastifyRequest,
  causeKey: string,
  after: number,
): Promise<PolledPortion> {
  const posServers = await request.server.database.db
    .selectFrom("pos_status")
    .innerJoin("pos_server", "pos_server.id", "pos_status.pos_server_id")
    .select(["pos_server.id", "pos_server.name", "pos_server.organization_id as organizationId"])
    .where("cause_key", "=", causeKey)
    .where("standing", "=", "active")
    .where(isVisibleTo(request.viewer.organizations, "pos_status.organization_id"))
    .where("pos_server_id", ">", after)
    .orderBy("pos_server_id")
    .limit(PORTION)
    .execute();
  const outcomes = await Promise.all(posServers.map((posServer) => askPosServer(request, posServer)));
  const answered = outcomes.filter(({ ok }) => ok).length;
  return {
    answered,
    silent: outcomes.length - answered,
    next: posServers.length === PORTION ? (posServers.at(-1)?.id ?? null) : null,
  };
}
