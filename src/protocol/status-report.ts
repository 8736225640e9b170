import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { Bytes, Grown, GrownObject, Nullable, NullableObject, Sha256, Time } from "./field-types.ts";

export const PROTOCOL_VERSION = 1;
export const MAX_PATTERN_PROBLEM_LENGTH = 400;
export const MAX_PATTERN_PROBLEMS = 20;
/** Usually dotted numbers. */
const VERSION = "^[\\p{L}\\p{N} ._+()/-]{0,64}$";

export const ServiceState = Type.Enum([
  "running",
  "stopped",
  "starting",
  "stopping",
  "not_installed",
  "unknown",
]);
export type ServiceState = Static<typeof ServiceState>;

export const CHECK_IDS = [
  "service",
  "port",
  "database",
  "main_server_dns",
  "main_server_tcp",
  "amqp",
  "clock",
  "disk",
  "traces",
  "account",
  "url_acl",
] as const;
export type CheckId = (typeof CHECK_IDS)[number];

/** One thing that an exchange needs; never `ok` when in doubt. */
export const ReportedCheck = Type.Object({
  /** One of CHECK_IDS, or an unknown one. */
  id: Type.String({ minLength: 1, maxLength: 64 }),
  outcome: Type.Enum(["ok", "failed", "unknown"]),
  /** What was looked at or found, such as `7001` or `main.example:443`. */
  value: Grown(Type.String({ maxLength: 256 })),
  milliseconds: Grown(Type.Integer({ minimum: 0 })),
  at: Grown(Time),
  /** Why: a word such as `address_not_set` or `ECONNREFUSED`, perhaps with more after a colon. */
  detail: Grown(Type.String({ maxLength: 512 })),
});
export type ReportedCheck = Static<typeof ReportedCheck>;
export type CheckOutcome = ReportedCheck["outcome"];

/** `known`: the wording was taught or seen in a real log; `guess`: it fits general phrases. */
export const Evidence = Type.Enum(["known", "guess"]);
export type Evidence = Static<typeof Evidence>;

/** The answer of `GET /v1/status`: times are ISO 8601 UTC strings, sizes are bytes. */
export const StatusReport = Type.Object({
  protocol: Type.Literal(PROTOCOL_VERSION),
  posServerId: Type.String({ minLength: 1, maxLength: 64 }),
  version: Nullable(Type.String({ pattern: VERSION })),
  crmId: Nullable(Type.String({ maxLength: 64 })),
  time: Time,
  utcOffsetMinutes: Nullable(Type.Integer({ minimum: -18 * 60, maximum: 18 * 60 })),
  service: NullableObject({
    name: Nullable(Type.String({ maxLength: 256 })),
    state: Nullable(ServiceState),
    startedAt: Nullable(Time),
    /** Whether the agent can stop and start it by `service-restarts`. */
    canRestart: Grown(Type.Boolean()),
  }),
  sync: NullableObject({
    lastAttemptAt: Nullable(Time),
    lastSuccessAt: Nullable(Time),
    error: NullableObject({ at: Nullable(Time), message: Type.String() }),
    /** Signs of an exchange besides the log: the database was last written to, a connection to the main server seen. */
    traces: GrownObject({ databaseWrittenAt: Nullable(Time), connectionSeenAt: Nullable(Time) }),
  }),
  database: NullableObject({
    exists: Nullable(Type.Boolean()),
    bytes: Nullable(Bytes),
    createdAt: Nullable(Time),
    modifiedAt: Nullable(Time),
  }),
  disk: NullableObject({ freeBytes: Nullable(Bytes), totalBytes: Nullable(Bytes) }),
  checks: Grown(Type.Array(ReportedCheck, { maxItems: 64 })),
  logs: GrownObject({
    found: Grown(Type.Boolean()),
    /** There are logs, but none mentions an exchange; null = a part was not read. */
    unmatched: Grown(Type.Boolean()),
    /** Of the last exchange; null without one. */
    evidence: Grown(Evidence),
    lastWrittenAt: Grown(Time),
    /** Configured patterns that the agent can no longer use, with their place and the reason. */
    unusablePatterns: Grown(
      Type.Array(Type.String({ maxLength: MAX_PATTERN_PROBLEM_LENGTH }), { maxItems: MAX_PATTERN_PROBLEMS }),
    ),
  }),
  agent: GrownObject({
    version: Grown(Type.String({ pattern: VERSION })),
    /** Tells this machine from one with a copy of its disk, also after a restart. */
    machine: Grown(Type.String({ maxLength: 64 })),
    /** Such as `win32-x64`. */
    platform: Grown(Type.String({ maxLength: 64 })),
    profile: Grown(Type.String({ maxLength: 64 })),
    /** Of the taught patterns; null = none. */
    configurationId: Grown(Type.String({ maxLength: 128 })),
    /** How long a database that was reset is kept. */
    quarantineDays: Grown(Type.Integer({ minimum: 0, maximum: 36_500 })),
    /** null or left out = it cannot be updated by the monitor. */
    updates: GrownObject({
      /** By which key an update has to be signed (`updateKeyId`). */
      key: Sha256,
      /** The version that it went back from, as it did not start here; null = none. */
      rejected: Grown(Type.String({ pattern: VERSION })),
    }),
  }),
});
export type StatusReport = Static<typeof StatusReport>;

const validator = Compile(StatusReport);

/** Such as `/sync/error must be object`; null when the report is valid. */
export function explainInvalidReport(value: unknown): string | null {
  if (validator.Check(value)) return null;
  const [first] = validator.Errors(value);
  return first ? `${first.instancePath || "/"} ${first.message}` : "does not match the schema";
}

export function isStatusReport(value: unknown): value is StatusReport {
  return validator.Check(value);
}
