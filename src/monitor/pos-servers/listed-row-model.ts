import { acknowledgementSign } from "../acknowledgements/acknowledgement-sign.ts";
import { filterUrl, type PosServerFilter } from "../filter/filter.ts";
import type { ListedPosServer } from "../filter/list-pos-servers.ts";
import { adviceOn } from "../fleet/causes.ts";
import { flapsInWords } from "../fleet/flapping.ts";
import { isProblem } from "../fleet/state.ts";
import { LATELY_MS } from "../fleet/summary.ts";
import type { Activity } from "../repairs/list-repairs.ts";
import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import { namePartsOf } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Hour } from "./hours.ts";
import { createHoursModel } from "./hours-model.ts";
import { parkingBriefly } from "./parking-model.ts";
import { problemReason, type Reason } from "./reason-model.ts";
import { createRowModel, isWatched, shortAddress } from "./row-model.ts";
import { createStepModel } from "./step-model.ts";

const NOTHING = "—";

export type ListedRow = ReturnType<ReturnType<typeof createListedRowModel>>;

interface ListedRowContext {
  viewer: Viewer;
  filter: PosServerFilter;
  requiredVersion: string | null;
  now: number;
  activities: Map<number, Activity>;
  hours: Map<number, Hour[]>;
  acknowledgements: Map<number, Acknowledgement>;
  /** Causes that many of the viewer's POS servers have, whatever the filter. */
  commonCauses: ReadonlySet<string>;
  /** Those of them that this list shows as one row. */
  groupedCauses: ReadonlySet<string>;
}

/** @returns a function that makes the row of a POS server. */
export function createListedRowModel(context: ListedRowContext) {
  const { viewer, filter, requiredVersion, now, activities, hours, acknowledgements } = context;
  const { t, format } = viewer;
  const rowModel = createRowModel(viewer, requiredVersion, now);
  const hoursModel = createHoursModel(viewer);
  const noSync = { text: NOTHING, at: null, isMissing: true };
  const isNew = { kind: "new", text: t("posServers.change.new") };
  const isRecovered = { kind: "recovered", text: t("posServers.change.recovered") };
  const listQuery = filterUrl({ ...filter, openCause: null, page: 1 }, "");
  const stepModel = createStepModel(viewer, "list");
  const take = t("acknowledgement.take");

  return (posServer: ListedPosServer) => {
    const row = rowModel(posServer, activities.get(posServer.id));
    const isCommon = isOneOf(context.commonCauses, posServer);
    const recommended =
      row.isParked || row.activity ? null : (adviceOn({ ...posServer, isCommon })?.step ?? null);
    // The row of the common cause says already that there is nothing to do here.
    const isSaidAbove = recommended === "wait" && isOneOf(context.groupedCauses, posServer);
    const step = recommended === null || isSaidAbove ? null : stepModel(recommended, posServer, row);
    const acknowledgement = acknowledgements.get(posServer.id);
    const flaps = row.isParked ? null : flapsInWords(viewer, posServer, now);
    return {
      ...row,
      pageUrl: `${row.url}${listQuery}`,
      nameParts: namePartsOf(row.name),
      lastSync: posServer.lastSyncAt === null ? noSync : row.lastSync,
      lasted: format.lasted(posServer.stateSince, now),
      change: flaps === null ? changeOf(posServer) : null,
      flaps,
      hours: hoursModel(hours.get(posServer.id) ?? [], posServer.lastSyncAt !== null),
      reason: reasonOf(posServer),
      acknowledgement: acknowledgement ? acknowledgementSign(viewer, acknowledgement, now) : null,
      step,
      /** Beside the step. */
      take:
        isWatched(row) && isProblem(row.state) && !acknowledgement
          ? { url: `${row.url}/takings`, text: take }
          : null,
    };
  };

  function changeOf({ problemSince, recoveredAt }: ListedPosServer) {
    if (problemSince !== null && now - problemSince < LATELY_MS) return isNew;
    return recoveredAt !== null && now - recoveredAt < LATELY_MS ? isRecovered : null;
  }

  /** `until`: when a parked one is back. */
  function reasonOf(posServer: ListedPosServer): (Reason & { until?: string | null }) | null {
    const { state, address } = posServer;
    if (state === "unsupported" && address) return { text: shortAddress(address), title: address };
    if (posServer.parked === 1) return parkingBriefly(viewer, posServer, now);
    return problemReason(viewer, posServer, now);
  }
}

/** Whether its cause is one of these. */
function isOneOf(causes: ReadonlySet<string>, { causeKey }: Pick<ListedPosServer, "causeKey">): boolean {
  return causeKey !== null && causes.has(causeKey);
}
