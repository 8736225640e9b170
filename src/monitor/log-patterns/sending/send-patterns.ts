import { configurationId } from "../../../protocol/log-patterns.ts";
import { aboutPosServer, PROGRAM, recordEvent } from "../../audit-log/record-event.ts";
import type { Db } from "../../database/schema.ts";
import { inTransaction } from "../../database/transaction.ts";
import { failureOf } from "../../pos-client/calls/failure.ts";
import type { PosServer } from "../../pos-client/calls/pos-server.ts";
import { type AgentFailure, agentFailureOf, isRefusal } from "../../requests/agent-failure.ts";
import { type CallDependencies, readPosServerToCall } from "../../restaurants/pos-server-to-call.ts";
import { patternsFor, readSetsInForce, storedId } from "../sets/sets-in-force.ts";
import { AGAIN_AFTER_MS } from "./list-untaught.ts";

export type SendingOutcome = AgentFailure | null;

/** Also records the outcome. @throws when the POS server does not exist; the signal's reason. */
export async function sendPatterns(
  { db, client, secretBox, clock }: CallDependencies,
  posServerId: number,
  signal: AbortSignal,
): Promise<SendingOutcome> {
  const called = await readPosServerToCall(db, secretBox, posServerId);
  if (called.isParked) return { code: "parked", detail: "" };
  const patterns = patternsFor(await readSetsInForce(db, posServerId), posServerId);
  const failure = called.ok ? await put(called.posServer) : called.failure;
  await keepOutcome(db, posServerId, storedId(patterns), failure, clock());
  return failure;

  async function put(posServer: PosServer): Promise<AgentFailure | null> {
    const outcome = await client.putConfiguration(posServer, { logs: patterns }, signal);
    if (!outcome.ok) return agentFailureOf(outcome.failure);
    if (outcome.value.configurationId === configurationId(patterns)) return null;
    return failureOf("invalid_report", "/configurationId is not that of what was sent");
  }
}

async function keepOutcome(
  db: Db,
  posServerId: number,
  sentId: string,
  failure: AgentFailure | null,
  now: number,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const posServer = await trx
      .selectFrom("posServer")
      .select(["id", "name", "organizationId"])
      .where("id", "=", posServerId)
      .executeTakeFirst();
    if (!posServer) return;
    const before = await trx
      .selectFrom("logPatternDelivery")
      .select("recordedRefusalId")
      .where("posServerId", "=", posServerId)
      .executeTakeFirst();
    const knownRefusalId = before?.recordedRefusalId ?? null;
    const isRefused = failure !== null && isRefusal(failure);
    const delivery = {
      configurationId: sentId,
      failureCode: failure?.code ?? null,
      failureDetail: failure?.detail || null,
      recordedRefusalId: failure === null ? null : isRefused ? sentId : knownRefusalId,
    };
    await trx
      .insertInto("logPatternDelivery")
      .values({ posServerId, ...delivery })
      .onConflict((conflict) => conflict.column("posServerId").doUpdateSet(delivery))
      .execute();
    // Other patterns may have come into force meanwhile.
    const isWanted = sentId === storedId(patternsFor(await readSetsInForce(trx, posServerId), posServerId));
    await trx
      .updateTable("posStatus")
      .set({ teachAgainAt: failure !== null && isWanted ? now + AGAIN_AFTER_MS : null })
      // As its next report will say.
      .$if(failure === null, (status) => status.set({ configurationId: sentId }))
      .where("posServerId", "=", posServerId)
      .where("configurationId", "is not", null)
      .execute();
    if (!isRefused || knownRefusalId === sentId) return;
    const event = {
      action: "log_patterns_refuse",
      result: "failed",
      ...aboutPosServer(posServer),
      detail: [{ key: "teachingFailure", values: { code: failure.code, detail: failure.detail } }],
    } as const;
    await recordEvent(trx, PROGRAM, event, now);
  });
}
