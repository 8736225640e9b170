import type { PosServerAction } from "../requests/request-columns.ts";
import { waitedUntil } from "../requests/waiting.ts";
import { nameOfActor } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ListedLogRequest, ShownLogArchive, ShownLogRequest } from "./log-requests.ts";
import { leftOutInWords, logFailureInWords } from "./outcome/in-words.ts";
import { isIncomplete, readLeftOut } from "./outcome/stored-files.ts";
import { archiveName } from "./store/paths.ts";

interface LogRequestInput {
  viewer: Viewer;
  request: ShownLogRequest;
  archives: ShownLogArchive[];
  /** The viewer asked for the same, and was led here. */
  isJoined: boolean;
  now: number;
}

export function logRequestModel({ viewer, request, archives, isJoined, now }: LogRequestInput) {
  const { t, format } = viewer;
  const offered = archives.filter(({ path }) => path !== null);
  return {
    title: t("logRequest.title", { name: request.posServerName }),
    subtitle: `${request.organizationName} · ${t("posServers.crmId", { crmId: request.crmId })}`,
    url: `/log-requests/${request.id}`,
    posServerUrl: `/pos-servers/${request.posServerId}`,
    isOpen: request.finishedAt === null,
    isJoined: isJoined && request.finishedAt === null,
    isCancelled: request.status === "cancelled",
    asked: t("logRequest.asked", {
      from: format.time(request.fromAt, now),
      to: format.time(request.toAt, now),
      size: format.bytes(request.maxBytes),
      who: nameOfActor(viewer, request),
      time: format.time(request.requestedAt, now),
    }),
    progress: progress(viewer, request, archives, now),
    problem: problem(viewer, request, archives),
    archives: archives.map((archive) => archiveInWords(viewer, request, archive, now)),
    allUrl: offered.length > 1 ? `/log-requests/${request.id}/archives.zip` : null,
    allBytes: format.bytes(offered.reduce((sum, { zipBytes }) => sum + (zipBytes ?? 0), 0)),
    leftOut: leftOutInWords(viewer, {
      named: readLeftOut(request.leftOut),
      files: request.leftOutFiles,
      maxBytes: request.maxBytes,
    }),
  };
}

function problem(
  viewer: Viewer,
  { status, failureCode, failureDetail }: ShownLogRequest,
  archives: ShownLogArchive[],
) {
  const { t } = viewer;
  if (failureCode && failureCode !== "archives_failed") {
    return {
      lead: t("logRequest.failed"),
      text: logFailureInWords(viewer, { code: failureCode, detail: failureDetail }),
    };
  }
  if (status !== "failed") return null;
  const hasSome = archives.some((archive) => archive.status === "done");
  return { lead: t(hasSome ? "logRequest.failedPartly" : "logRequest.failed"), text: "" };
}

function progress(viewer: Viewer, request: ShownLogRequest, archives: ShownLogArchive[], now: number) {
  const { status, plannedBytes, receivedBytes } = request;
  const isOpen = request.finishedAt === null;
  const text = progressInWords(viewer, request, archives, now);
  if (!isOpen && text === null) return null;
  const isMoving = isOpen && waitedUntil(request) === null;
  const isCounted = isMoving && status === "running" && plannedBytes !== null;
  return {
    text,
    value: isCounted ? { now: receivedBytes, whole: Math.max(plannedBytes, 1) } : null,
    isOpen,
    isMoving,
    isDone: status === "done" && !isIncomplete(request.leftOut),
  };
}

function progressInWords(
  { t, format }: Viewer,
  request: ShownLogRequest,
  archives: ShownLogArchive[],
  now: number,
): string | null {
  const { status, plannedBytes, receivedBytes, plannedFiles, receivedFiles } = request;
  const received = archives.filter((archive) => archive.status === "done").length;
  // A log that grows meanwhile gives more than was planned.
  const size = format.bytesOf(receivedBytes, Math.max(plannedBytes ?? 0, receivedBytes));
  const counts = t("logRequest.progress", {
    count: received,
    total: archives.length,
    files: format.number(receivedFiles),
    plannedFiles: format.number(plannedFiles ?? 0),
    received: size.part,
    planned: size.whole,
  });
  const until = waitedUntil(request);
  if (until !== null) return t("agentAwaited.logs", { time: format.clock(until, now) });
  if (status === "queued") return t("logRequest.state.queued");
  if (status === "running") return plannedBytes === null ? t("logRequest.state.listing") : counts;
  if (status !== "done") return archives.length > 0 ? counts : null;
  if (archives.length === 0) return t("logRequest.state.nothing");
  if (isIncomplete(request.leftOut)) return counts;
  return t("logRequest.state.done", { count: received, size: format.bytes(receivedBytes) });
}

function archiveInWords(viewer: Viewer, request: ShownLogRequest, archive: ShownLogArchive, now: number) {
  const { t, format } = viewer;
  const { id, day, number, path, zipBytes, failureCode, failureDetail, removedAt } = archive;
  const { crmId, posServerName } = request;
  const logs = t("logArchive.logs", { size: format.bytes(archive.logBytes) });
  const shown = { name: archiveName({ crmId, posServerName, day, number }), url: null, viewUrl: null };
  if (removedAt !== null) {
    return { ...shown, note: t("logArchive.removed", { day: format.day(removedAt, now) }) };
  }
  if (archive.status === "failed" && failureCode) {
    return { ...shown, problem: logFailureInWords(viewer, { code: failureCode, detail: failureDetail }) };
  }
  if (path === null || zipBytes === null) {
    const isWaiting = request.finishedAt === null;
    return { ...shown, note: isWaiting ? logs : t("logArchive.notFetched") };
  }
  return {
    ...shown,
    url: `/log-archives/${id}`,
    viewUrl: `/log-archives/${id}/files`,
    note: t("logArchive.size", { size: format.bytes(zipBytes), logs }),
  };
}

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
