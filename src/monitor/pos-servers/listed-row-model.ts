import { type AcknowledgementSign, acknowledgementSign } from "../acknowledgements/acknowledgement-sign.ts";
import { adviceOn } from "../fleet/causes.ts";
import { LATELY_MS } from "../fleet/summary.ts";
import type { Activity } from "../repairs/list-activities.ts";
import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import { type NameParts, namePartsOf } from "../viewer/name-parts.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { filterUrl, type PosServerFilter } from "./filter.ts";
import type { Hour } from "./hours.ts";
import { createHoursModel, type HoursModel } from "./hours-model.ts";
import type { ListedPosServer } from "./list-pos-servers.ts";
import { parkingBriefly } from "./parking-model.ts";
import { problemReason, type Reason } from "./reason-model.ts";
import { createRowModel, type DialogLink, type PosServerRow, shortAddress } from "./row-model.ts";
import { createStepModel, type StepModel } from "./step-model.ts";

const NOTHING = "—";

/** A row of the list as it is shown. */
export interface ListedRow extends PosServerRow {
  /** Its page, from which one walks through the list. */
  pageUrl: string;
  nameParts: NameParts;
  /** How long it has been in its state. */
  lasted: { text: string; at: { iso: string; text: string } };
  change: { kind: "new" | "recovered"; text: string } | null;
  hours: HoursModel;
  /** Why its exchange does not work, or is not asked for; `title` has what the two lines have no room for, `until` when a parked one is back. */
  reason: (Reason & { until?: string | null }) | null;
  /** Who takes care of it. */
  acknowledgement: AcknowledgementSign | null;
  step: StepModel | null;
  /** What can be done besides. */
  others: DialogLink[];
}

export interface ListedRowContext {
  viewer: Viewer;
  filter: PosServerFilter;
  requiredVersion: string | null;
  /** ms UTC. */
  now: number;
  /** By POS server. */
  activities: Map<number, Activity>;
  hours: Map<number, Hour[]>;
  acknowledgements: Map<number, Acknowledgement>;
  /** Causes that many of those have that the viewer may see, whatever the list asks for. */
  commonCauses: ReadonlySet<string>;
  /** Of these: those that stand in a row of their own, above their POS servers. */
  groupedCauses: ReadonlySet<string>;
}

/** Puts what the database knows of listed POS servers into the words of the list. @returns a function for each of them. */
export function createListedRowModel(context: ListedRowContext): (posServer: ListedPosServer) => ListedRow {
  const { viewer, filter, requiredVersion, now, activities, hours, acknowledgements } = context;
  const { t, format } = viewer;
  const rowModel = createRowModel(viewer, requiredVersion, now);
  const hoursModel = createHoursModel(viewer);
  const noSync = { text: NOTHING, at: null, isMissing: true };
  const words = { new: t("posServers.change.new"), recovered: t("posServers.change.recovered") };
  const listQuery = filterUrl({ ...filter, openCause: null, page: 1 }, "");
  const stepModel = createStepModel(viewer, "list");

  return (posServer) => {
    const row = rowModel(posServer, activities.get(posServer.id));
    const isCommon = isOneOf(context.commonCauses, posServer);
    const recommended =
      row.isParked || row.activity ? null : (adviceOn({ ...posServer, isCommon })?.step ?? null);
    // What many have in common says in its own row that there is nothing to do here.
    const isSaidAbove = recommended === "wait" && isOneOf(context.groupedCauses, posServer);
    const step = recommended === null || isSaidAbove ? null : stepModel(recommended, posServer, row);
    const { logs, reset } = row.links;
    const acknowledgement = acknowledgements.get(posServer.id);
    return {
      ...row,
      pageUrl: `${row.url}${listQuery}`,
      nameParts: namePartsOf(row.name),
      lastSync: posServer.lastSyncAt === null ? noSync : row.lastSync,
      lasted: format.lasted(posServer.stateSince, now),
      change: changeOf(posServer),
      hours: hoursModel(hours.get(posServer.id) ?? [], posServer.lastSyncAt !== null),
      reason: reasonOf(posServer),
      acknowledgement: acknowledgement ? acknowledgementSign(viewer, acknowledgement, now) : null,
      step,
      others: [logs, reset].filter((link): link is DialogLink => link !== null && link.url !== step?.url),
    };
  };

  function changeOf({ problemSince, recoveredAt }: ListedPosServer): ListedRow["change"] {
    if (problemSince !== null && now - problemSince < LATELY_MS) return { kind: "new", text: words.new };
    if (recoveredAt !== null && now - recoveredAt < LATELY_MS)
      return { kind: "recovered", text: words.recovered };
    return null;
  }

  function reasonOf(posServer: ListedPosServer): ListedRow["reason"] {
    const { state, address } = posServer;
    if (state === "unsupported" && address) return { text: shortAddress(address), title: address };
    if (posServer.parked === 1) return parkingBriefly(viewer, posServer, now);
    return problemReason(viewer, posServer, now);
  }
}

/** Whether the cause of a POS server is one of these. */
export function isOneOf(
  causes: ReadonlySet<string>,
  { causeKey }: Pick<ListedPosServer, "causeKey">,
): boolean {
  return causeKey !== null && causes.has(causeKey);
}
