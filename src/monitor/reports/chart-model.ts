import { dayAt } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { type Report, shareOf } from "./build-report.ts";
import { listDays } from "./period.ts";
import type { ReportQuery } from "./query.ts";

const HEIGHT = 64;
const LEAST_HEIGHT = 3;
/** A day without much trouble shall not look like a bad one. */
const FULL_FROM = 0.02;
const BAD_FROM = 0.03;
const POOR_FROM = 0.015;
/** Of the room of a bar. */
const BAR_WIDTH = 0.88;
/** So many labels stand side by side on a phone. */
const LABELS_ON_PHONE = 8;
const LABELLED_EVERY = 5;
const MANY_BARS = 14;
/** A month. */
const MOST_LABELS = 31;
const PERCENT = 100;

/** The bars of a report, one for each day, as high as there was time without exchange; in per cent of the width. */
export function chartModel(
  viewer: Viewer,
  { parts }: Report,
  { period, organizationId, tagId }: ReportQuery,
  now: number,
) {
  const { t, format, timeZone } = viewer;
  const days = listDays(period);
  const count = days.length;
  const within = organizationId === null ? "" : `&organization=${organizationId}`;
  const losses = parts.map((part) => {
    const share = shareOf(part);
    return share === null ? null : 1 - share;
  });
  const most = Math.max(FULL_FROM, ...losses.map((loss) => loss ?? 0));
  const isOneMonth = count <= MOST_LABELS;
  const onPhone = labelledOnPhone(losses, count / LABELS_ON_PHONE);
  const place = (index: number) => ({
    x: rounded(((index + (1 - BAR_WIDTH) / 2) / count) * PERCENT),
    width: rounded((BAR_WIDTH / count) * PERCENT),
    middle: rounded(((index + 0.5) / count) * PERCENT),
  });
  const bars = parts.map((part, index) => {
    const loss = losses[index] ?? null;
    const day = dayAt(part.from, timeZone);
    const height = loss === null ? 0 : Math.max(LEAST_HEIGHT, Math.round((loss / most) * HEIGHT));
    const worked = loss === null ? t("posServer.noData") : format.exactPercent(1 - loss);
    const when = format.longDay(part.from, now);
    const lost = part.lostMs > 0 ? format.duration(part.lostMs) : t("reports.none");
    return {
      ...place(index),
      height,
      y: HEIGHT - height,
      level: levelOf(loss),
      label:
        isLabelled(loss) && (isOneMonth || onPhone.has(index))
          ? format.number(Math.floor((1 - loss) * 1_000) / 10)
          : null,
      isMinor: !onPhone.has(index),
      title: t(part.lostMs > 0 ? "reports.barWithLoss" : "reports.bar", { when, worked, lost }),
      when,
      worked,
      lost,
      // Incidents are not listed by tag.
      url: tagId === null ? `/incidents?day=${day}${within}` : null,
    };
  });
  const labels = days.map((day, index) => {
    const [month, number] = [day.slice(5, 7), Number(day.slice(-2))];
    return {
      middle: place(index).middle,
      text: isOneMonth ? String(number) : `${number}.${month}`,
      isAhead: index >= parts.length,
      isMinor: count > MANY_BARS && (isOneMonth ? number % LABELLED_EVERY !== 0 : number !== 1),
    };
  });
  // More would touch each other.
  const isApart = ({ text }: { text: string }) => isOneMonth || /^(1|11|21)\./.test(text);
  return { bars, labels: labels.filter(isApart) };
}

function levelOf(loss: number | null): "bad" | "poor" | "good" | null {
  if (loss === null) return null;
  return loss >= BAD_FROM ? "bad" : loss >= POOR_FROM ? "poor" : "good";
}

function isLabelled(loss: number | null): loss is number {
  return loss !== null && loss >= POOR_FROM;
}

/** The worst of neighbours keeps its label. @param apart how many bars lie between two labels at least. */
function labelledOnPhone(losses: readonly (number | null)[], apart: number): Set<number> {
  const worstFirst = [...losses.keys()].sort((one, other) => (losses[other] ?? 0) - (losses[one] ?? 0));
  const labelled = new Set<number>();
  for (const index of worstFirst) {
    const isFree = [...labelled].every((other) => Math.abs(other - index) >= apart);
    if (isFree && isLabelled(losses[index] ?? null)) labelled.add(index);
  }
  return labelled;
}

function rounded(percent: number): number {
  return Math.round(percent * 1_000) / 1_000;
}
