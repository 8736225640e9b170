import type { AuditDetail } from "../../audit-log/detail.ts";
import type { NewAuditEvent } from "../../audit-log/record-event.ts";

export function organizationCreated(
  { name, crmId }: { name: string; crmId: string },
  organizationId: number,
): NewAuditEvent {
  const detail: AuditDetail = [{ key: "crmId", values: { crmId } }];
  return { action: "organization_create", subject: name, organizationId, detail };
}

/** For the audit log, with its address. */
export function posServerEvent(
  action: "pos_server_create" | "pos_server_delete",
  { name, organizationId, address }: { name: string; organizationId: number; address: string | null },
  posServerId: number,
): NewAuditEvent {
  const detail: AuditDetail = address === null ? [] : [{ key: "address", values: { address } }];
  return { action, subject: name, organizationId, posServerId, detail };
}
