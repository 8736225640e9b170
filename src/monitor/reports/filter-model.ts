import { excelButton } from "../excel/export-words.ts";
import { type OfferedOrganization, organizationChoices } from "../filter/filter-options.ts";
import { type Choice, describedBy, optionsOf } from "../forms/field-model.ts";
import type { Tag } from "../restaurants/tags.ts";
import { dayAt } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { neighbourOf, type PeriodProblem, periodInWords } from "./period.ts";
import { fieldsOf, REPORT_URL, type ReportProblems, type ReportQuery, reportUrl } from "./query.ts";
import { isAboutSeen, type Subscription, subscriptionInWords } from "./subscriptions.ts";

interface AskedReport {
  problems: ReportProblems;
  periodProblem: PeriodProblem | null;
  typed: Record<"from" | "to", string | null>;
  organizations: readonly OfferedOrganization[];
  tags: readonly Tag[];
}

export function filterModel(
  viewer: Viewer,
  asked: ReportQuery,
  { problems, periodProblem, typed, organizations, tags }: AskedReport,
  now: number,
) {
  const { t, timeZone } = viewer;
  const today = dayAt(now, timeZone);
  const { period } = asked;
  const [earlier, later] = [neighbourOf(period, -1), neighbourOf(period, 1)];
  const problemOf = (field: "month" | "organization" | "tag") =>
    problems[field] === undefined ? null : t(`reports.problem.${field}`, { value: problems[field] });
  const select = (
    name: "organization" | "tag",
    chosen: number | null,
    label: string,
    choices: readonly Choice[],
  ) => ({
    name,
    label,
    describedBy: describedBy(name, problemOf(name)),
    all:
      name === "tag"
        ? t("tags.any")
        : t("posServers.filter.allOrganizations", { count: organizations.length }),
    options: optionsOf(choices, chosen),
  });
  const named = organizationChoices(t, organizations);
  const tagged = tags.map(({ id, name }): Choice => [id, name]);
  const isPeriod = ([name]: [string, string]) => ["month", "from", "to"].includes(name);
  const fields = fieldsOf(asked);
  const [lastDay] = [period.to, today].sort();
  return {
    period: periodInWords(viewer, period),
    earlierUrl: reportUrl({ ...asked, period: earlier }),
    laterUrl: later.from > today ? null : reportUrl({ ...asked, period: later }),
    presentUrl: REPORT_URL,
    selects: [
      select("organization", asked.organizationId, t("posServers.column.organization"), named),
      ...(tags.length > 0 ? [select("tag", asked.tagId, t("tags.label"), tagged)] : []),
    ],
    hidden: { period: fields.filter(isPeriod), others: fields.filter((field) => !isPeriod(field)) },
    other: {
      isOpen: periodProblem !== null,
      problem: periodProblem && t(`reports.problem.${periodProblem}`),
      from: typed.from ?? period.from,
      to: typed.to ?? lastDay,
      today,
    },
    messages: (["month", "organization", "tag"] as const).flatMap((field) => {
      const text = problemOf(field);
      return text ? [{ field, text }] : [];
    }),
    excelButton: excelButton(t, reportUrl(asked, `${REPORT_URL}.xlsx`)),
  };
}

/** Whether this report comes by mail, and which others do, as far as they are about what the viewer may see. */
export function subscriptionModel(
  { t }: Viewer,
  { subscriptions, hasMail }: { subscriptions: readonly Subscription[]; hasMail: boolean },
  { period, organizationId, tagId }: ReportQuery,
  shown: Pick<AskedReport, "organizations" | "tags">,
) {
  const isThis = (one: Subscription) => one.organizationId === organizationId && one.tagId === tagId;
  return {
    isOn: subscriptions.some(isThis),
    isWaiting: subscriptions.length > 0 && !hasMail,
    others: subscriptions
      .filter((one) => !isThis(one) && isAboutSeen(one, shown))
      .map((one) => ({
        text: subscriptionInWords(t, one),
        url: reportUrl({ period, organizationId: one.organizationId, tagId: one.tagId }),
      })),
  };
}
