/** `queued` → `running` → one of the others. `done`: every archive is there; `failed`: some may be, and stay offered. */
const LOG_REQUEST_STATUSES = ["queued", "running", "done", "failed", "cancelled"] as const;
export type LogRequestStatus = (typeof LOG_REQUEST_STATUSES)[number];

/** An archive is offered when it is `done`, and only then. */
const LOG_ARCHIVE_STATUSES = ["planned", "done", "failed"] as const;
export type LogArchiveStatus = (typeof LOG_ARCHIVE_STATUSES)[number];
