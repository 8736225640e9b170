import type { FastifyRequest } from "fastify";
import type { AuditDetail } from "../audit-log/detail.ts";
import { aboutPosServer, recordRepeatedEvent } from "../audit-log/record-event.ts";
import type { PollAnswer } from "../polling/poll-answer.ts";
import type { CallFailure } from "../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import { isVisibleTo } from "../viewer/access.ts";
import { atTime } from "../viewer/at-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords } from "../viewer/with-detail.ts";

/** Polled at once, so that an answer takes no longer than one call may. */
const PORTION = 25;

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

/**
 * «Проверить связь у всех»: polls the next of the viewer's POS servers with a cause, in the order of their ids.
 * @returns `next`: the id after which the next portion begins; null after the last one.
 */
export async function pollPortionOfCause(request: FastifyRequest, causeKey: string, after: number) {
  const posServers = await request.server.database.db
    .selectFrom("posStatus")
    .innerJoin("posServer", "posServer.id", "posStatus.posServerId")
    .select(["posServer.id", "posServer.name", "posServer.organizationId"])
    .where("causeKey", "=", causeKey)
    .where("standing", "=", "active")
    .where(isVisibleTo(request.viewer.organizations, "posStatus.organizationId"))
    .where("posServerId", ">", after)
    .orderBy("posServerId")
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
