import { errorInWords, stepInWords } from "../fleet/cause-in-words.ts";
import { type Advice, adviceOn } from "../fleet/causes.ts";
import { atTime } from "../viewer/at-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords } from "../viewer/with-detail.ts";
import { type CommonCause, listOfCause } from "./common-causes.ts";
import { filterUrl, type PosServerFilter } from "./filter.ts";
import { PAGE_ROWS } from "./list-pos-servers.ts";
import type { ListedRow } from "./listed-row-model.ts";

/** A common cause in the list, with the first of its POS servers while it is open. */
export interface ListedCause extends CommonCause {
  rows: ListedRow[];
}

/** The rows of common causes, which stand above all others. */
export function causesModel(viewer: Viewer, filter: PosServerFilter, causes: ListedCause[], now: number) {
  const { t, format } = viewer;
  return causes.map(({ hash, rows, causeKey, posServers: count, organizations, since, lastAt, ...cause }) => {
    const kind = cause.failureCode ? "poll" : "sync";
    const isOpen = filter.openCause === hash;
    const title = t("posServers.cause.title", { count });
    const advice = adviceOnAll(cause);
    const step = advice?.step ?? null;
    return {
      id: `cause-${hash}`,
      causeKey,
      state: cause.failureCode ? "unreachable" : "sync_error",
      title,
      text: errorOfAll(viewer, cause),
      detail: detailOf(viewer, cause),
      since: t("posServers.cause.since", { time: format.clock(since, now) }),
      guess: step === null || step === "wait" ? t(`posServers.cause.${kind}`) : stepInWords(viewer, step),
      organizations: t("posServers.cause.organizations", { count: organizations }),
      last: t("posServers.cause.last", { when: atTime(viewer, lastAt, now) }),
      isOpen,
      toggleLabel: t(`posServers.cause.${isOpen ? "fold" : "unfold"}`, { title }),
      toggleUrl: `${filterUrl({ ...filter, openCause: isOpen ? null : hash })}#cause-${hash}`,
      rows,
      more:
        isOpen && count > rows.length
          ? {
              text: t("posServers.cause.more", { shown: rows.length, total: format.number(count) }),
              url: filterUrl({ ...listOfCause(filter, causeKey), page: rows.length / PAGE_ROWS + 1 }),
            }
          : null,
    };
  });
}

type Cause = Pick<CommonCause, "failureCode" | "example">;

/** What POS servers with a common cause say, briefly. */
export function errorOfAll(viewer: Viewer, cause: Cause): string {
  const { failureCode, example } = cause;
  if (failureCode) return viewer.t(`failure.${failureCode}`);
  return errorInWords(viewer, adviceOnAll(cause), example);
}

/** What they say themselves, where that is not what stands there already. */
function detailOf(viewer: Viewer, cause: Cause): string | null {
  const detail = cause.failureCode ? detailInWords(viewer.t, cause.example) : cause.example;
  return detail === errorOfAll(viewer, cause) ? null : detail;
}

function adviceOnAll({ failureCode, example }: Cause): Advice | null {
  return adviceOn({
    state: failureCode ? "unreachable" : "sync_error",
    syncError: failureCode ? null : example,
    ...{ failureCode, serviceState: null, lastSyncAt: null, isCommon: true },
  });
}
