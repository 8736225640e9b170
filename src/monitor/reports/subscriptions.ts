import type { Db } from "../database/schema.ts";
import { type Channel, readChannels } from "../notifications/settings/find-channels.ts";
import { dayAt } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { weekBefore } from "./period.ts";
import type { ReportQuery } from "./query.ts";

export type Subscription = Awaited<ReturnType<typeof listSubscriptions>>[number];
type Scope = Pick<ReportQuery, "organizationId" | "tagId">;

const MOST_OF_USER = 30;

/** Said once: where it comes now, that it does not any more, or that there are too many already. */
export type SubscriptionNotice =
  | { key: "on"; to: string }
  | { key: "off" }
  | { key: "tooMany"; count: number };

/** Which weekly reports a user gets, with the names of what they are about. */
export async function listSubscriptions(db: Db, userId: number) {
  return await selectSubscriptions(db).where("userId", "=", userId).execute();
}

/** What it is about. */
export function subscriptionInWords(t: Viewer["t"], { organizationName, tagName }: Subscription): string {
  const ofTag = tagName === null ? [] : [t("reports.ofTag", { tag: tagName })];
  return [organizationName ?? t("users.allOrganizations"), ...ofTag].join(", ");
}

/** @param shown what a user may see. */
export function isAboutSeen(
  { organizationId, tagId }: Subscription,
  { organizations, tags }: Record<"organizations" | "tags", readonly { id: number }[]>,
): boolean {
  const has = (these: typeof tags, wanted: number | null) =>
    wanted === null || these.some(({ id }) => id === wanted);
  return has(organizations, organizationId) && has(tags, tagId);
}

/** Of all users. */
export function selectSubscriptions(db: Db) {
  return db
    .selectFrom("reportSubscription")
    .leftJoin("organization", "organization.id", "reportSubscription.organizationId")
    .leftJoin("tag", "tag.id", "reportSubscription.tagId")
    .select(["reportSubscription.id", "userId", "organizationId", "tagId", "lastWeek"])
    .select(["organization.name as organizationName", "tag.name as tagName"])
    .orderBy("reportSubscription.id");
}

/** The first report comes when the present week is over. @returns null while the user has no mail of their own here. */
export async function subscribe(
  db: Db,
  userId: number,
  { organizationId, tagId }: Scope,
  now: number,
): Promise<SubscriptionNotice | null> {
  if ((await listSubscriptions(db, userId)).length >= MOST_OF_USER)
    return { key: "tooMany", count: MOST_OF_USER };
  const channel = await findOwnMail(db, userId);
  const lastWeek = weekBefore(dayAt(now, channel?.timeZone ?? "UTC")).from;
  await db
    .insertInto("reportSubscription")
    .values({ userId, organizationId, tagId, lastWeek })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return channel && { key: "on", to: channel.settings.to ?? channel.name };
}

export async function unsubscribe(
  db: Db,
  userId: number,
  { organizationId, tagId }: Scope,
): Promise<SubscriptionNotice> {
  await db
    .deleteFrom("reportSubscription")
    .where("userId", "=", userId)
    .where("organizationId", "is", organizationId)
    .where("tagId", "is", tagId)
    .execute();
  return { key: "off" };
}

/** A mail channel of a user's own that is on; null = there is none. */
export async function findOwnMail(db: Db, userId: number): Promise<Channel | null> {
  const channels = await readChannels(db);
  return (
    channels.find(({ ownerId, kind, isEnabled }) => ownerId === userId && kind === "email" && isEnabled) ??
    null
  );
}
