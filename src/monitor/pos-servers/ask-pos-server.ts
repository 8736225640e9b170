import type { FastifyRequest } from "fastify";
import type { AuditDetail } from "../audit-log/detail.ts";
import { aboutPosServer, recordRepeatedEvent } from "../audit-log/record-event.ts";
import type { PollAnswer } from "../polling/poll-answer.ts";
import type { CallFailure } from "../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { atTime } from "../viewer/at-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords } from "../viewer/with-detail.ts";

/** «Проверить связь»: polls a POS server at once, and records that somebody asked. */
export async function askPosServer(
  request: FastifyRequest,
  posServer: Pick<ShownPosServer, "id" | "name" | "organizationId">,
): Promise<StatusOutcome> {
  const { database, pollNow, clock } = request.server;
  const outcome = await pollNow(posServer.id);
  const result = outcome.ok ? "done" : "failed";
  const detail = outcome.ok ? null : describeFailure(outcome.failure);
  const event = { action: "pos_server_poll", result, ...aboutPosServer(posServer), detail } as const;
  await recordRepeatedEvent(database.db, request.actor(), event, clock());
  return outcome;
}

function describeFailure({ code, detail }: CallFailure): AuditDetail {
  return [{ key: "callFailure", values: { code, detail } }];
}

export function answerInWords(viewer: Viewer, answer: PollAnswer, now: number) {
  const { t } = viewer;
  if (!answer.ok) {
    const { code, detail } = answer.failure;
    return { isOk: false, text: t(`failure.${code}`), detail: detailInWords(t, detail) };
  }
  const when = atTime(viewer, answer.receivedAt, now);
  const version = answer.version ?? t("posServers.versionUnknown");
  return { isOk: true, text: t("posServer.answered", { when, version }), detail: "" };
}
