import type { ConnectionProblemCode, MissingToken } from "../registry/connection.ts";
import type { ImportColumn } from "./columns.ts";

/** Why a row cannot be imported, with values for the message, but never a pairing string or a token. */
export type RowProblem =
  | { code: "missing_field"; values: { column: ImportColumn } }
  | { code: "pairing_string_in_wrong_column"; values: { column: ImportColumn } }
  | { code: "name_too_long"; values: { column: ImportColumn; maxLength: number } }
  | { code: "tag_too_long"; values: { tag: string; maxLength: number } }
  | { code: "too_many_tags"; values: { maxTags: number } }
  | { code: "schedule_not_understood"; values: { column: ImportColumn; part: string } }
  | { code: "schedule_ends_before_it_begins"; values: { column: ImportColumn; part: string } }
  | { code: "schedule_already_over"; values: { column: ImportColumn; part: string } }
  | { code: "schedule_too_long"; values: { column: ImportColumn; maxLength: number; maxSpans: number } }
  | { code: "unknown_time_zone"; values: { column: ImportColumn; timeZone: string } }
  | { code: "organization_names_differ"; values: { name: string; rowNumber: number } }
  | { code: "organization_registered_as"; values: { name: string } }
  | { code: "repeated_pos_server"; values: { rowNumber: number } }
  | { code: "repeated_identity"; values: { rowNumber: number } }
  | { code: "identity_registered"; values: { name: string; organization: string } }
  | { code: PlainProblemCode; values: Record<string, never> };

/**
 * `no_phone`: nobody can call that number; `address_refused`: link-local, or a cloud's
 * metadata service; `name_ambiguous`: several registered names differ in letter case only; `name_taken`: by
 * another POS server of the organization, which a renamed one would be called like.
 */
type PlainProblemCode =
  | ConnectionProblemCode
  | "crm_id_not_digits"
  | "too_many_cells"
  | "no_phone"
  | "no_time_zone"
  | "organization_archived"
  | "name_ambiguous"
  | "name_taken"
  | "key_unknown"
  | MissingToken;

export function plainProblem(code: PlainProblemCode): RowProblem {
  return { code, values: {} };
}
