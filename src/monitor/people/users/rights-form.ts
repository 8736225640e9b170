import { isChecked } from "../../forms/fields.ts";
import type { Rights } from "./save-rights.ts";

/** A tick for each of some ten thousand organizations. */
export const MAX_RIGHTS_FORM_BYTES = 256 * 1024;

/** Nothing is ticked. */
export const NO_RIGHTS: Rights = { hasAll: false, organizationIds: new Set() };

/** Reads the ticks of a posted form; ids that no organization has are of no consequence. */
export function readTicks(body: unknown): Rights {
  const given = (body as { organization?: unknown } | null)?.organization ?? [];
  return {
    hasAll: isChecked(body, "allOrganizations"),
    organizationIds: new Set([given].flat().map(Number)),
  };
}
