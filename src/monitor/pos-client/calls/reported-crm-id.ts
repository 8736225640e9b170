import type { FailureCode } from "./failure.ts";

/** How the detail of `wrong_crm_id` begins; the CrmId follows that the POS server tells. */
export const REPORTED_CRM_ID = "crmId ";

/** The CrmId that a POS server tells instead of its organization's; null when that is not how a poll failed. */
export function readReportedCrmId(code: FailureCode | null, detail: string | null): string | null {
  return code === "wrong_crm_id" && detail?.startsWith(REPORTED_CRM_ID)
    ? detail.slice(REPORTED_CRM_ID.length)
    : null;
}
