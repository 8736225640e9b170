import { queryReader, readId } from "../forms/fields.ts";
import { isMonth, monthOf, type Period, type PeriodProblem, readMonth, readPeriod } from "./period.ts";

export const REPORT_URL = "/reports/availability";

/** The query of a report; null = all. */
export interface ReportQuery {
  period: Period;
  organizationId: number | null;
  tagId: number | null;
}

/** What was not understood, as typed (shortened). */
export type ReportProblems = Partial<Record<"month" | "from" | "to" | "organization" | "tag", string>>;

/** A malformed value becomes its default (a period: the present month) and is named. @param today `YYYY-MM-DD`. */
export function parseReportQuery(query: unknown, today: string) {
  const problems: ReportProblems = {};
  const read = queryReader(query, problems);
  const month = read("month", (text) => readMonth(text, today));
  const [from, to] = [read("from", String), read("to", String)];
  const isPeriodAsked = from !== null || to !== null;
  const period: Period | PeriodProblem = isPeriodAsked
    ? readPeriod(from ?? "", to ?? "", today)
    : (month ?? monthOf(today));
  const isWrong = typeof period === "string";
  const asked: ReportQuery = {
    period: isWrong ? monthOf(today) : period,
    organizationId: read("organization", readId),
    tagId: read("tag", readId),
  };
  return { asked, problems, periodProblem: isWrong ? period : null, typed: { from, to } };
}

export function reportUrl({ period, ...query }: ReportQuery, path = REPORT_URL): string {
  return `${path}?${new URLSearchParams(fieldsOf({ period, ...query }))}`;
}

/** As fields of a form or of an address. */
export function fieldsOf({ period, organizationId, tagId }: ReportQuery): [string, string][] {
  return [
    ...(isMonth(period) ? [["month", period.from.slice(0, 7)]] : Object.entries(period)),
    ...(organizationId === null ? [] : [["organization", String(organizationId)]]),
    ...(tagId === null ? [] : [["tag", String(tagId)]]),
  ] as [string, string][];
}
