import type { FastifyInstance } from "fastify";
import type { AuditDetail } from "../audit-log/detail.ts";
import {
  type Actor,
  aboutPosServer,
  type NamedPosServer,
  recordRepeatedEvent,
} from "../audit-log/record-event.ts";
import type { FlashKind } from "../plugins/flash.ts";
import type { CallFailure, PosFailure } from "../pos-client/calls/failure.ts";
import type { StatusOutcome } from "../pos-client/client.ts";
import { atTime, detailInWords } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { whileWanted } from "../workers/while-wanted.ts";

/** How a poll ended that somebody waited for; `receivedAt` in ms UTC. */
type PollAnswer =
  | { ok: true; receivedAt: number; version: string | null }
  | { ok: false; failure: PosFailure };

/** Shown once after a form had a POS server polled. */
export const POLL_ANSWER: FlashKind<PollAnswer> = { name: "poll" };

/** Shown once after a POS server was moved to the organization of that name. */
export const MOVED: FlashKind<{ organization: string; answer: PollAnswer }> = { name: "moved" };

/** «Проверить связь»: polls a POS server at once, and records that somebody asked. */
export async function askPosServer(
  { database, pollNow, clock }: Pick<FastifyInstance, "database" | "pollNow" | "clock">,
  actor: Actor,
  posServer: NamedPosServer,
  signal?: AbortSignal,
): Promise<StatusOutcome> {
  const polling = pollNow(posServer.id);
  const outcome = await (signal ? whileWanted(polling, signal) : polling);
  const result = outcome.ok ? "done" : "failed";
  const detail = outcome.ok ? null : describeFailure(outcome.failure);
  const event = { action: "pos_server_poll", result, ...aboutPosServer(posServer), detail } as const;
  await recordRepeatedEvent(database.db, actor, event, clock());
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

export function pollAnswer(outcome: StatusOutcome): PollAnswer {
  if (!outcome.ok) return { ok: false, failure: outcome.failure };
  return { ok: true, receivedAt: outcome.receivedAt, version: outcome.report.version };
}
