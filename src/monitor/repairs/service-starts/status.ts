/** `queued` → `running` → `done` or `failed`. */
const SERVICE_START_STATUSES = ["queued", "running", "done", "failed"] as const;
export type ServiceStartStatus = (typeof SERVICE_START_STATUSES)[number];

/** The exchange after a start: `awaited` → `restored`, or `late` when nobody expects it any more. */
const START_EXCHANGES = ["awaited", "restored", "late"] as const;
export type StartExchange = (typeof START_EXCHANGES)[number];
