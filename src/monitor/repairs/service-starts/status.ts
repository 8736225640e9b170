/** `queued` → `running` → `done` or `failed`. */
export const SERVICE_START_STATUSES = ["queued", "running", "done", "failed"] as const;
export type ServiceStartStatus = (typeof SERVICE_START_STATUSES)[number];
