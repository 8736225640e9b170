/** `queued` → `running` → one of the others. `done`: every archive is there; `failed`: some may be, and can be downloaded. */
export type LogRequestStatus = "queued" | "running" | "done" | "failed" | "cancelled";

/** Only an archive that is `done` can be downloaded. */
export type LogArchiveStatus = "planned" | "done" | "failed";
