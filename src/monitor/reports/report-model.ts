import { titleOfCause } from "../fleet/cause-in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type Figures, type Report, type ReportedPosServer, shareOf } from "./build-report.ts";
import { isMonth, neighbourOf, type Period } from "./period.ts";

export const WORST = 10;
const NAMED_CAUSES = 4;
const NAMED_UNKNOWN = 3;
type Words = Pick<Viewer, "t" | "format">;

/** What the page says below its filter. @param period as it was asked for. */
export function reportModel(viewer: Words, report: Report, period: Period, now: number) {
  const { t, format } = viewer;
  const until = format.day((report.parts.at(-1)?.to ?? now) - 1, now);
  const known = report.parts.findIndex((part) => shareOf(part) !== null);
  const since = format.day(report.parts[known]?.from ?? now, now);
  return {
    isEmpty: shareOf(report) === null,
    scope: t("reports.scope", {
      count: report.counted,
      days: known > 0 ? t("reports.since", { since, until }) : t("reports.until", { until }),
    }),
    figures: figuresModel(viewer, report, period),
    worst: report.posServers
      .filter(({ lostMs }) => lostMs > 0)
      .slice(0, WORST)
      .map((posServer) => posServerModel(viewer, posServer)),
    causes: causesModel(viewer, report),
    unknown: unknownInWords(viewer, report.unknown),
  };
}

function figuresModel(viewer: Words, report: Report, period: Period) {
  const { t, format } = viewer;
  const { before, failures, failing, lasting, recoveryMs, resets, helpful, resetMs } = report;
  const percent = (figures: Figures) => {
    const share = shareOf(figures);
    return share === null ? null : format.percent(share);
  };
  const duration = ({ recoveryMs: ms }: Figures) => (ms === null ? null : format.duration(ms));
  const figure = (value: string | null, label: string, valueBefore: string | null) => ({
    value: value ?? t("reports.none"),
    label,
    before: valueBefore === null ? null : beforeInWords(viewer, period, valueBefore),
  });
  return [
    figure(percent(report), t("reports.worked"), before && percent(before)),
    figure(
      t("availability.failures", { count: failures }),
      failures === 0 ? t("reports.noFailures") : t("reports.failing", { count: failing }),
      before && format.number(before.failures),
    ),
    figure(
      recoveryMs === null ? null : format.duration(recoveryMs),
      lasting > 0 ? t("reports.recoveryBut", { count: lasting }) : t("reports.recovery"),
      before && duration(before),
    ),
    figure(
      t("reports.resets", { count: resets }),
      resetsInWords(viewer, { resets, helpful, resetMs }),
      before && format.number(before.resets),
    ),
  ];
}

function resetsInWords(
  { t, format }: Words,
  { resets, helpful, resetMs }: Pick<Figures, "resets" | "helpful" | "resetMs">,
): string {
  if (resets === 0) return t("reports.reset.none");
  if (resetMs === null) return t(`reports.reset.${resets === 1 ? "didNotHelp" : "noneHelped"}`);
  const duration = format.elapsed(resetMs);
  if (resets === 1) return t("reports.reset.helped", { duration });
  return helpful === resets
    ? t("reports.reset.allHelped", { duration })
    : t("reports.reset.someHelped", { helpful, resets, duration });
}

/** «в октябре 99,5 %» */
function beforeInWords({ t }: Words, period: Period, value: string): string {
  const months = t("reports.inMonths").split("|");
  const month = months[Number(neighbourOf(period, -1).from.slice(5, 7)) - 1];
  return t("reports.before", { when: isMonth(period) ? month : t("reports.periodBefore"), value });
}

function posServerModel(viewer: Words, posServer: ReportedPosServer) {
  const { format } = viewer;
  const { posServerId, name, organizationName, failures, longestMs, cause } = posServer;
  return {
    url: `/pos-servers/${posServerId}`,
    name,
    organizationName,
    share: format.exactPercent(shareOf(posServer) ?? 0),
    failures: format.number(failures),
    longest: format.duration(longestMs),
    cause: cause && titleOfCause(viewer, cause),
  };
}

function causesModel(viewer: Words, { causes }: Report) {
  const { t, format } = viewer;
  const isOneMore = causes.length === NAMED_CAUSES + 1;
  const named = causes.slice(0, isOneMore ? causes.length : NAMED_CAUSES);
  const others = causes.slice(named.length);
  const sum = (of: "failures" | "lostMs") => others.reduce((total, cause) => total + cause[of], 0);
  const rows = named.map(({ cause, ...counts }) => ({ title: titleOfCause(viewer, cause), ...counts }));
  if (others.length > 0)
    rows.push({ title: t("reports.otherCauses"), failures: sum("failures"), lostMs: sum("lostMs") });
  const most = Math.max(...rows.map(({ lostMs }) => lostMs));
  return rows.map(({ title, failures, lostMs }) => ({
    title,
    failures: format.number(failures),
    lost: format.duration(lostMs),
    percent: Math.round((lostMs / most) * 1_000) / 10,
  }));
}

function unknownInWords(viewer: Words, unknown: readonly ReportedPosServer[]): string | null {
  const { t } = viewer;
  if (unknown.length === 0) return null;
  const shown = unknown.length === NAMED_UNKNOWN + 1 ? unknown : unknown.slice(0, NAMED_UNKNOWN);
  const names = shown.map(({ name, unknownFor }) =>
    t("reports.unknownOne", { name, reason: t(`reports.unknownFor.${unknownFor}`) }),
  );
  const others = unknown.length - shown.length;
  if (others > 0) names.push(t("reports.unknownOthers", { count: others }));
  return t("reports.unknown", { names: names.join("; ") });
}
