import type { FastifyRequest } from "fastify";
import type { AuditDetail } from "../audit-log/detail.ts";
import { recordRepeatedEvent } from "../audit-log/record-repeated-event.ts";
import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import type { CallFailure } from "../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../pos-client/client.ts";

/** «Проверить связь»: polls a POS server at once, and records that somebody asked. */
export async function askPosServer(
  request: FastifyRequest,
  posServer: Pick<ShownPosServer, "id" | "name" | "organizationId">,
): Promise<StatusOutcome> {
  const { database, pollNow, clock } = request.server;
  const { id: posServerId, name: subject, organizationId } = posServer;
  const outcome = await pollNow(posServerId);
  await recordRepeatedEvent(
    database.db,
    request.actor(),
    {
      action: "pos_server_poll",
      result: outcome.ok ? "done" : "failed",
      ...{ subject, organizationId, posServerId },
      detail: outcome.ok ? null : describeFailure(outcome.failure),
    },
    clock(),
  );
  return outcome;
}

function describeFailure({ code, detail }: CallFailure): AuditDetail {
  return [{ key: "callFailure", values: { code, detail } }];
}
