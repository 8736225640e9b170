import type { Db } from "../../database/schema.ts";
import { agentFailureInWords } from "../../requests/agent-failure.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { patternsFor, readSetsInForce, storedId } from "../sets/sets-in-force.ts";

type KnownDelivery = Awaited<ReturnType<typeof findDelivery>>;

export async function findDelivery(db: Db, posServerId: number) {
  const wantedId = storedId(patternsFor(await readSetsInForce(db, posServerId), posServerId));
  const last = await db
    .selectFrom("logPatternDelivery as delivery")
    .innerJoin("posStatus", "posStatus.posServerId", "delivery.posServerId")
    .select(["delivery.configurationId as sentId", "teachAgainAt as againAt"])
    .select(["delivery.failureCode", "delivery.failureDetail"])
    .where("delivery.posServerId", "=", posServerId)
    .executeTakeFirst();
  return { wantedId, last: last ?? null };
}

/** null = there are no patterns for it. Its `configurationId`: empty = taught nothing, null = it has no agent. */
export function deliveryInWords(
  viewer: Viewer,
  { configurationId, lastUpdateAt }: { configurationId: string | null; lastUpdateAt: number | null },
  { wantedId, last }: KnownDelivery,
  now: number,
): { text: string; isProblem: boolean } | null {
  const { t, format } = viewer;
  if (configurationId === wantedId) {
    return wantedId === "" ? null : { text: t("logPatterns.delivery.taken"), isProblem: false };
  }
  if (lastUpdateAt === null) return null;
  if (configurationId === null) {
    return wantedId === "" ? null : { text: t("logPatterns.delivery.withoutAgent"), isProblem: true };
  }
  if (last === null || last.sentId !== wantedId || last.failureCode === null || last.againAt === null) {
    return { text: t("logPatterns.delivery.waiting"), isProblem: false };
  }
  const { failureCode: code, failureDetail: detail, againAt } = last;
  const failure = agentFailureInWords(viewer, { code, detail });
  const again = t("logPatterns.delivery.again", { time: format.clock(againAt, now) });
  return { text: `${t("logPatterns.delivery.failed", { failure })}. ${again}`, isProblem: true };
}
