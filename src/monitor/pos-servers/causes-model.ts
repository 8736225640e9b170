import { acknowledgementSign } from "../acknowledgements/acknowledgement-sign.ts";
import { filterUrl, type PosServerFilter } from "../filter/filter.ts";
import { PAGE_ROWS } from "../filter/list-pos-servers.ts";
import { adviceOnExample } from "../fleet/cause-example.ts";
import { exampleInWords, stepInWords } from "../fleet/cause-in-words.ts";
import { atTime } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { listOfCause } from "./common-causes.ts";
import type { Listing } from "./listing.ts";

export function causesModel(viewer: Viewer, filter: PosServerFilter, causes: Listing["causes"], now: number) {
  const { t, format } = viewer;
  return causes.map((cause) => {
    const { hash, rows, causeKey, posServers: count, since, example } = cause;
    const kind = example.state === "unreachable" ? "poll" : "sync";
    const isOpen = filter.openCause === hash;
    const title = t("posServers.cause.title", { count });
    const advice = adviceOnExample(example, true);
    const step = advice?.step ?? null;
    return {
      id: `cause-${hash}`,
      causeKey,
      state: example.state,
      title,
      ...exampleInWords(viewer, example),
      since: t("posServer.since", { time: format.clock(since, now) }),
      guess: step === null || step === "wait" ? t(`posServers.cause.${kind}`) : stepInWords(viewer, step),
      organizations: t("organizations.found", { count: cause.organizations }),
      last: t("posServers.cause.last", { when: atTime(viewer, cause.lastAt, now) }),
      incidentUrl: `/incidents/${cause.incidentId}`,
      batchUrl: `/batches?${new URLSearchParams({ cause: causeKey })}`,
      kinds: (["logs", "start", "park", "tag"] as const).map((one) => ({
        kind: one,
        text: t(`batch.kind.${one}`),
      })),
      // Without the viewer's own acknowledgements: the page is kept for all who have the same rights.
      take: t(cause.acknowledgement ? "acknowledgement.takeOver" : "acknowledgement.take"),
      acknowledgement: cause.acknowledgement && acknowledgementSign(viewer, cause.acknowledgement, now),
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
