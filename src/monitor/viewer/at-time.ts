import type { Viewer } from "./viewer.ts";

/** When something was, within a sentence: «в 23:57», from the next day on «25.11 в 23:57». */
export function atTime({ t, format }: Pick<Viewer, "t" | "format">, at: number, now: number): string {
  const [time, day] = [format.clock(at, at), format.day(at, now)];
  return day === format.day(now, now) ? t("at.today", { time }) : t("at.otherDay", { day, time });
}
