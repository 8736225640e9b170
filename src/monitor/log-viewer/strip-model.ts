import type { Viewer } from "../viewer/viewer.ts";
import type { ShownLog } from "./show-model.ts";
import { type StripStep, timeStrip } from "./time-strip.ts";
import { lineUrl } from "./view-query.ts";

/** Height of the bars, in pixels. */
const BAR_PX = 24;

/** The strip of time as the template shows it; null when the log has no times. */
export function stripModel({ viewer, path, log, query, time }: ShownLog) {
  const strip = timeStrip(log.summary, time);
  if (!strip) return null;
  const link = (step: StripStep) => ({
    url: step.line === null ? null : lineUrl(path, step.line, query),
    title: stepInWords(viewer, step),
  });
  return {
    parts: strip.parts.map((part) => ({
      ...link(part),
      label: part.label,
      steps: part.steps.map(link),
    })),
    written: strip.written,
    errors: strip.errors.map(({ x, width, height }) => {
      const px = Math.round(height * BAR_PX);
      return { x, width, y: BAR_PX - px, height: px };
    }),
    barPx: BAR_PX,
    here: strip.here,
  };
}

function stepInWords({ t, format }: Viewer, { span, errors, entries }: StripStep): string {
  if (entries === 0) return t("logViewer.strip.nothing", { span });
  return t(errors > 0 ? "logViewer.strip.errors" : "logViewer.strip.noErrors", {
    span,
    count: errors,
    errors: format.number(errors),
  });
}
