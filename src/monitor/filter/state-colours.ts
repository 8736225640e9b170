import type { Tint, Tone } from "../excel/styles.ts";
import { POS_SERVER_STATES } from "../fleet/state.ts";

/** A parked POS server is shown as parked, whatever its state. */
export const SHOWN_STATES = [...POS_SERVER_STATES, "parked"] as const;
export type ShownState = (typeof SHOWN_STATES)[number];

/** The colours of the states in an Excel file: those of public/css/states.css. */
export const STATE_COLOURS: Record<ShownState, { tone: Tone; tint?: Tint }> = {
  sync_error: { tone: "red", tint: "red" },
  service_stopped: { tone: "red", tint: "red" },
  not_serving: { tone: "red", tint: "red" },
  unreachable: { tone: "grey", tint: "grey" },
  sync_stale: { tone: "orange", tint: "orange" },
  update_required: { tone: "yellow", tint: "yellow" },
  pending: { tone: "blue" },
  closed: { tone: "grey" },
  synced: { tone: "green" },
  unsupported: { tone: "grey" },
  parked: { tone: "grey" },
};
