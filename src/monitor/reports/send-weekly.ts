import { Temporal } from "temporal-polyfill";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { linkAt, readPagesAddress } from "../installation/addresses.ts";
import type { MessageText } from "../notifications/channels/message.ts";
import { queueDelivery } from "../notifications/outbox/queue-delivery.ts";
import { findAccessOf, type OrganizationAccess } from "../viewer/access.ts";
import { dayAt } from "../viewer/local-time.ts";
import { presentationFor, type Viewer } from "../viewer/viewer.ts";
import { buildReport, type Report, shareOf } from "./build-report.ts";
import { boundsOf, type Period, periodInWords, weekBefore } from "./period.ts";
import { type ReportQuery, reportUrl } from "./query.ts";
import { reportModel } from "./report-model.ts";
import { findOwnMail, type Subscription, selectSubscriptions } from "./subscriptions.ts";

/** By the clock of the receiver. */
const SENT_FROM_HOUR = 8;
const WORST_IN_MAIL = 3;

type Words = Pick<Viewer, "t" | "format" | "language" | "timeZone">;

/** Queues the reports of the last week that are due at `now` (ms UTC), each once; without a mail channel it waits for one. */
export async function sendWeeklyReports(db: Db, now: number): Promise<void> {
  for (const subscription of await selectSubscriptions(db).execute()) {
    const channel = await findOwnMail(db, subscription.userId);
    if (!channel) continue;
    const words = presentationFor(channel.language, channel.timeZone);
    const week = weekBefore(dayAt(now, words.timeZone));
    if (subscription.lastWeek !== null && subscription.lastWeek >= week.from) continue;
    if (!isTime(now, words.timeZone)) continue;
    const access = await findAccessOf(db, subscription.userId);
    const text = await compose(db, words, access, { ...subscription, period: week }, now);
    await inTransaction(db, async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable("reportSubscription")
        .set({ lastWeek: week.from })
        .where("id", "=", subscription.id)
        .executeTakeFirst();
      if (numUpdatedRows > 0n && text)
        await queueDelivery(trx, { channelId: channel.id, kind: "report", text }, now);
    });
  }
}

/** From Monday morning on. */
function isTime(now: number, timeZone: string): boolean {
  const { dayOfWeek, hour } = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  return dayOfWeek > 1 || hour >= SENT_FROM_HOUR;
}

/** @returns null when nobody can be told anything: the user sees no such POS server any more. */
async function compose(
  db: Db,
  words: Words,
  access: OrganizationAccess,
  asked: Subscription & ReportQuery,
  now: number,
): Promise<MessageText | null> {
  const { period, organizationId, tagId } = asked;
  if (
    access !== "all" &&
    (access.length === 0 || (organizationId !== null && !access.includes(organizationId)))
  )
    return null;
  const bounds = boundsOf(period, words.timeZone, now);
  const report = await buildReport(db, { access, organizationId, tagId }, bounds, now);
  const address = await readPagesAddress(db);
  const url = reportUrl({ period, organizationId, tagId });
  return {
    ...textOf(words, report, asked, now),
    open: address === "" ? null : { text: words.t("reports.mail.open"), url: linkAt(address, url) },
  };
}

function textOf(words: Words, report: Report, asked: Subscription & { period: Period }, now: number) {
  const { t, format } = words;
  const { organizationName: organization, tagName: tag } = asked;
  const period = periodInWords(words, asked.period);
  const share = shareOf(report);
  const { figures, worst } = reportModel(words, report, asked.period, now);
  const [worked, failures, recovery, resets] = figures.map(({ value, label, before }) => {
    const text = t("reports.mail.figure", { label, value });
    return before === null ? text : `${text} (${before})`;
  });
  const scope = [
    ...(organization === null ? [] : [t("reports.mail.where", { organization })]),
    ...(tag === null ? [] : [t("reports.mail.tag", { tag })]),
  ];
  const title =
    share === null
      ? t("reports.mail.subjectUnknown", { period })
      : t("reports.mail.subject", { period, share: format.percent(share) });
  return {
    sign: "calm" as const,
    title,
    paragraphs: [
      ...(scope.length > 0 ? [scope.join("\n")] : []),
      share === null ? t("reports.mail.nothing") : [worked, failures, recovery, resets].join("\n"),
      ...(worst.length > 0 ? [t("reports.worst")] : []),
    ],
    list: worst.slice(0, WORST_IN_MAIL).map(({ name, organizationName, share: worth }) => ({
      name: `${name}, ${organizationName}`,
      count: worth,
    })),
    footer: t("reports.mail.footer"),
    acknowledgement: null,
  };
}
