import Type, { type Static } from "typebox";
import { Bytes, Time } from "./field-types.ts";

export const MAX_LISTED_LOGS = 10_000;
const MAX_NAME_CHARACTERS = 1024;

/** A path inside the log folder with `/` between its parts. */
const Name = Type.String({ minLength: 1, maxLength: MAX_NAME_CHARACTERS });

/** Times are ISO 8601 UTC strings by the POS server's clock. */
export const LogFile = Type.Object({ name: Name, bytes: Bytes, createdAt: Time, modifiedAt: Time });
export type LogFile = Static<typeof LogFile>;

/** The answer of `GET /v1/logs`, newest first. */
export const LogList = Type.Object({ files: Type.Array(LogFile, { maxItems: MAX_LISTED_LOGS }) });
export type LogList = Static<typeof LogList>;

/** The query of `GET /v1/logs`. */
export const LogPeriod = Type.Object({ from: Time, to: Time });
export type LogPeriod = Static<typeof LogPeriod>;

/** A file of an archive; `tailBytes`: only its last bytes. */
export const WantedLog = Type.Object({ name: Name, tailBytes: Type.Optional(Bytes) });
export type WantedLog = Static<typeof WantedLog>;

/** The body of `POST /v1/log-archives`. */
export const LogArchiveOrder = Type.Object({
  files: Type.Array(WantedLog, { minItems: 1, maxItems: MAX_LISTED_LOGS }),
});
export type LogArchiveOrder = Static<typeof LogArchiveOrder>;

/** The text inside an archive that names what could not be read. */
export const ARCHIVE_README = "_README.txt";
