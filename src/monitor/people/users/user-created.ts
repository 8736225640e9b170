import type { NewAuditEvent } from "../../audit-log/record-event.ts";

/** A new user, for the audit log. */
export function userCreated({
  login,
  name,
  isAdministrator,
}: {
  login: string;
  name: string;
  isAdministrator: boolean;
}): NewAuditEvent {
  const key = isAdministrator ? "newAdministrator" : "newUser";
  return { action: "user_create", subject: login, detail: [{ key, values: { name } }] };
}
