import { logFailureInWords } from "../log-archives/outcome/in-words.ts";
import { commandFailureInWords } from "../repairs/database-resets/words.ts";
import { codeInWords, nameOfActor, withDetail } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { FoundBatch, FoundItem, listBatches } from "./find-batches.ts";
import type { BatchKind, BatchParams } from "./kinds.ts";

/** Of each group; the others are counted. */
const SHOWN_ITEMS = 200;
const GROUPS = ["failed", "running", "queued", "done", "left_out"] as const;

/** What the page, and the dialog over the list, show of a batch. */
export function batchModel(viewer: Viewer, batch: FoundBatch, items: readonly FoundItem[], now: number) {
  const { t, format } = viewer;
  const { kind } = batch;
  const url = `/batches/${batch.id}`;
  const of = (...statuses: FoundItem["status"][]) => items.filter(({ status }) => statuses.includes(status));
  const begun = items.length - of("left_out").length;
  const open = of("queued", "running").length;
  const failed = of("failed").length;
  const numbers = [
    ...(of("running").length > 0 ? [t("batch.going", { count: of("running").length })] : []),
    ...(failed > 0 ? [t("batch.failed", { count: failed })] : []),
    ...(open > 0 ? [t("batch.mayBeClosed")] : []),
  ];
  const isOfLogs = kind === "logs";
  const fetchedBytes = of("done").reduce((sum, { zipBytes }) => sum + (zipBytes ?? 0), 0);
  return {
    title: t(`batch.title.${kind}`, { count: begun }),
    place: [
      ...(isOfLogs ? [wantedInWords(viewer, batch.params as BatchParams["logs"], now)] : []),
      t("batch.begunBy", {
        name: nameOfActor(viewer, batch),
        time: format.clock(batch.requestedAt, now),
      }),
    ].join(" · "),
    url,
    isOpen: open > 0,
    progress: { value: begun - open, max: Math.max(begun, 1) },
    ready: t("batch.ready", { ready: format.number(of("done").length), all: format.number(begun) }),
    numbers: numbers.join(" · "),
    canStop: batch.stoppedAt === null && of("queued").length > 0,
    repeat: failed > 0 && open === 0 ? t("batch.repeat", { count: failed }) : null,
    archives:
      isOfLogs && of("done").length > 0
        ? { url: `${url}/archives.zip`, text: t("batch.downloadAll", { size: format.bytes(fetchedBytes) }) }
        : null,
    unseen: batch.unseen > 0 ? t("batch.unseen", { count: batch.unseen }) : null,
    note: isOfLogs ? t("batch.archivesNote") : null,
    groups: GROUPS.map((status) => ({
      status,
      heading: t(`batch.group.${status}`),
      count: format.number(of(status).length),
      items: of(status)
        .slice(0, SHOWN_ITEMS)
        .map((item) => itemModel(viewer, kind, item)),
      more:
        of(status).length > SHOWN_ITEMS
          ? t("posServers.cause.more", { shown: SHOWN_ITEMS, total: format.number(of(status).length) })
          : null,
    })).filter((group) => group.items.length > 0),
  };
}

/** «24.11 00:00 – 24.11 13:00, до 100 МБ с каждого». */
function wantedInWords({ t, format }: Viewer, { fromAt, toAt, maxBytes }: BatchParams["logs"], now: number) {
  return t("batch.wanted", {
    from: format.time(fromAt, now),
    to: format.time(toAt, now),
    size: format.bytes(maxBytes),
  });
}

function itemModel(viewer: Viewer, kind: BatchKind, item: FoundItem) {
  const { t, format } = viewer;
  const { status, code, startedAt, finishedAt, requestId } = item;
  const elapsed =
    startedAt !== null && finishedAt !== null
      ? format.elapsed(Math.max(finishedAt - startedAt, 1_000))
      : null;
  const isFetched = kind === "logs" && status === "done" && requestId !== null;
  return {
    id: item.id,
    name: item.posServerName,
    url: `/pos-servers/${item.posServerId}`,
    organization: item.organizationName,
    text: code === null ? t(`batch.item.${status}`) : whyInWords(viewer, kind, code, item.detail),
    elapsed: status === "done" ? elapsed : null,
    bytes: kind === "logs" && item.zipBytes ? format.bytes(item.zipBytes) : null,
    follow: requestUrl(kind, requestId),
    archives: isFetched ? `/log-requests/${requestId}/archives.zip` : null,
  };
}

function requestUrl(kind: BatchKind, requestId: number | null): string | null {
  if (requestId === null) return null;
  return kind === "logs" ? `/log-requests/${requestId}` : `/service-starts/${requestId}`;
}

function whyInWords(viewer: Viewer, kind: BatchKind, code: string, detail: string | null): string {
  const { t } = viewer;
  const own = codeInWords(t, code, "batch.why");
  if (own) return own;
  if (kind === "poll") return withDetail(t, t(`failure.${code}`), detail);
  const failure = { code, detail: detail ?? "" };
  return kind === "logs" ? logFailureInWords(viewer, failure) : commandFailureInWords(viewer, failure);
}

/** «Действия»: what was done for many at once. */
export function batchesModel(viewer: Viewer, batches: Awaited<ReturnType<typeof listBatches>>, now: number) {
  const { t, format } = viewer;
  return batches.map(({ id, kind, begun, done, failed, requestedAt, ...maker }) => ({
    url: `/batches/${id}`,
    title: t(`batch.title.${kind}`, { count: begun }),
    time: format.time(requestedAt, now),
    who: nameOfActor(viewer, maker),
    standing: [
      t("batch.standing", { ready: done, all: begun }),
      ...(failed > 0 ? [t("batch.failed", { count: failed })] : []),
    ].join(", "),
  }));
}
