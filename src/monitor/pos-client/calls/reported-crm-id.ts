import type { FailureCode } from "./failure.ts";

/** The beginning of the detail of `wrong_crm_id`, followed by the CrmId that the POS server reports. */
export const REPORTED_CRM_ID = "crmId ";

/** The CrmId that a POS server reports instead of its organization's; null for other failures. */
export function readReportedCrmId(code: FailureCode | null, detail: string | null): string | null {
  return code === "wrong_crm_id" && detail?.startsWith(REPORTED_CRM_ID)
    ? detail.slice(REPORTED_CRM_ID.length)
    : null;
}
