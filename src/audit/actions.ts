/** What the audit log records; the catalogs have the words as `audit.action.<action>`. */
export const AUDIT_ACTIONS = [
  "setup",
  "sign_in",
  "sign_out",
  "sessions_end",
  "password_change",
  "preferences_change",
  "user_create",
  "user_change",
  "user_invite",
  "invitation_accept",
  "user_block",
  "user_unblock",
  "administrator_grant",
  "administrator_revoke",
  "rights_change",
  "organization_create",
  "organization_change",
  "organization_archive",
  "organization_restore",
  "pos_server_create",
  "pos_server_change",
  "pos_server_reconnect",
  "pos_server_park",
  "pos_server_unpark",
  "pos_server_poll",
  "pos_server_delete",
  "import",
  "export",
  "settings_change",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const AUDIT_RESULTS = ["done", "refused", "failed"] as const;
export type AuditResult = (typeof AUDIT_RESULTS)[number];
