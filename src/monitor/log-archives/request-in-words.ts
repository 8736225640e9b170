import type { PosServerAction } from "../requests/request-columns.ts";
import { waitedUntil } from "../requests/waiting.ts";
import { nameOfActor } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ListedLogRequest } from "./log-requests.ts";
import { isIncomplete } from "./outcome/stored-files.ts";

/** For lists: «24.11 13:40», «Анна Иванова», «2 архива». */
export function requestInWords(request: ListedLogRequest, viewer: Viewer, now: number) {
  const { t, format } = viewer;
  return {
    url: `/log-requests/${request.id}`,
    requestedAt: format.time(request.requestedAt, now),
    who: nameOfActor(viewer, request),
    period: t("logRequest.period", {
      from: format.time(request.fromAt, now),
      to: format.time(request.toAt, now),
    }),
    result: resultInWords(request, viewer, now),
  };
}

export function requestAsAction(request: ListedLogRequest, viewer: Viewer, now: number): PosServerAction {
  const { requestedAt: time, who, period, url, result } = requestInWords(request, viewer, now);
  const text = viewer.t("logRequest.action", { who, time });
  return { at: request.requestedAt, title: period, text, url, result };
}

function resultInWords(request: ListedLogRequest, { t, format }: Viewer, now: number): string {
  const { status, offeredArchives, removedArchives, leftOut } = request;
  const archives = t("logRequest.archives", { count: offeredArchives ?? 0 });
  const until = waitedUntil(request);
  if (until !== null) return t("agentAwaited.inList", { time: format.clock(until, now) });
  if (status === "queued" || status === "running") return t(`logRequest.status.${status}`);
  if (!offeredArchives && removedArchives) return t("logRequest.result.removed");
  if (status === "done" && !offeredArchives) return t("logRequest.result.nothing");
  if (status === "done")
    return isIncomplete(leftOut) ? t("logRequest.result.incomplete", { archives }) : archives;
  if (!offeredArchives) return t(`logRequest.status.${status}`);
  return t("logRequest.result.partly", { status: t(`logRequest.status.${status}`), archives });
}
