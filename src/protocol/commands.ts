import Type, { type Static } from "typebox";
import { Bytes, Nullable, Time, Uuid } from "./field-types.ts";
import { ServiceState } from "./status-report.ts";

/** The header of both POSTs; its value is the `:key` of their GETs. */
export const IDEMPOTENCY_KEY_HEADER = "idempotency-key";
export const IdempotencyKey = Uuid;

/** A header of both POSTs: no new command begins after this time (ISO 8601) by the POS server's own clock. */
export const NOT_AFTER_HEADER = "x-not-after";

const PosServerId = Type.String({ minLength: 1, maxLength: 64 });

/** The body of `POST /v1/database-resets`; `machine`: only the agent on this machine, as its report names it, may obey. */
export const DatabaseResetOrder = Type.Object({
  posServerId: PosServerId,
  startService: Type.Boolean(),
  machine: Type.Optional(Type.String({ maxLength: 64 })),
});
export type DatabaseResetOrder = Static<typeof DatabaseResetOrder>;

/** The body of `POST /v1/service-starts` and `/v1/service-restarts`. */
export const ServiceStartOrder = Type.Object({ posServerId: PosServerId });
export type ServiceStartOrder = Static<typeof ServiceStartOrder>;

/** How a command can fail in the agent, in the order in which it can happen. */
export const COMMAND_ERRORS = [
  "no_database",
  "service_not_installed",
  "stop_timeout",
  "stop_failed",
  "database_in_use",
  "move_failed",
  "database_left",
  "start_timeout",
  "start_failed",
  "interrupted",
] as const;
export type CommandErrorCode = (typeof COMMAND_ERRORS)[number];

/** `error`: one of COMMAND_ERRORS, or an unknown code. */
export const CommandError = Type.Object({ error: Type.String({ maxLength: 64 }), message: Type.String() });
export type CommandError = Static<typeof CommandError>;

/** Why an agent refuses a command (409); `busy` passes by itself. */
export type CommandRefusal = "wrong_pos_server" | "other_agent" | "key_reused" | "expired" | "busy";

export const ResetStep = Type.Enum([
  "stopping_service",
  "moving_database",
  "starting_service",
  "done",
  "failed",
]);
export type ResetStep = Static<typeof ResetStep>;

/** The answer of `POST /v1/database-resets` and `GET /v1/database-resets/:key`; times by the POS server's clock. */
export const DatabaseResetReport = Type.Object({
  step: ResetStep,
  error: Type.Optional(Nullable(CommandError)),
  /** When the database had been moved away; also set when the reset failed later. */
  resetAt: Type.Optional(Nullable(Time)),
  movedFiles: Type.Array(Type.Object({ name: Type.String(), bytes: Bytes })),
  service: Nullable(ServiceState),
});
export type DatabaseResetReport = Static<typeof DatabaseResetReport>;

/** The answer of `POST /v1/service-starts` and `GET /v1/service-starts/:key`, and of those of `service-restarts`. */
export const ServiceStartReport = Type.Object({
  /** Only a restart stops it first. */
  step: Type.Enum(["stopping_service", "starting_service", "done", "failed"]),
  error: Type.Optional(Nullable(CommandError)),
});
export type ServiceStartReport = Static<typeof ServiceStartReport>;
