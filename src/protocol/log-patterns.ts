import { createHash } from "node:crypto";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { Count, GrownObject, Nullable, Sha256, Time } from "./field-types.ts";
import { Evidence } from "./status-report.ts";

export const MAX_LOG_KINDS = 200;
export const MAX_KIND_LENGTH = 300;
/** Of each kind. */
export const MAX_PATTERNS = 50;
export const MAX_PATTERN_LENGTH = 1_000;

const Patterns = Type.Array(Type.String({ minLength: 1, maxLength: MAX_PATTERN_LENGTH }), {
  maxItems: MAX_PATTERNS,
});

/** `failed`: the group `message` is the error; `excluded`: lines that say nothing; `timestamp`: has `TIME_GROUPS`. */
export const TaughtPatterns = Type.Object(
  {
    attempted: Patterns,
    succeeded: Patterns,
    failed: Patterns,
    excluded: Patterns,
    timestamp: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_PATTERN_LENGTH })),
  },
  { additionalProperties: false },
);
export type TaughtPatterns = Static<typeof TaughtPatterns>;

/** Lines of a log that are the same once folded. */
export const LogKind = Type.Object({
  /** Numbers, times and identifiers are `#`, quoted names `«…»`, guests masked; without time, level and thread. */
  text: Type.String({ maxLength: MAX_KIND_LENGTH }),
  /** Such as `ERROR`; null when lines have none. */
  level: Nullable(Type.String({ maxLength: 16 })),
  count: Count,
  /** A whole line, guests masked. */
  example: Type.String({ maxLength: 1_000 }),
  firstAt: Nullable(Time),
  lastAt: Nullable(Time),
  /** What the example says about an exchange; null = nothing. */
  says: GrownObject({ kind: Type.Enum(["attempted", "succeeded", "failed"]), evidence: Evidence }),
});
export type LogKind = Static<typeof LogKind>;

/** The query of `GET /v1/log-kinds`: a period of the POS server's clock. */
export const LogKindsPeriod = Type.Object({ from: Time, to: Time });

/** The answer of `GET /v1/log-kinds`, the most frequent first. */
export const LogKinds = Type.Object({
  kinds: Type.Array(LogKind, { maxItems: MAX_LOG_KINDS }),
  lines: Count,
  /** Only the newest lines were read. */
  isCut: Type.Boolean(),
});
export type LogKinds = Static<typeof LogKinds>;

const TriedKind = Type.Object({
  count: Count,
  /** The newest line, guests masked. */
  last: Nullable(Type.Object({ at: Nullable(Time), text: Type.String({ maxLength: 1_000 }) })),
});

/** The answer of `POST /v1/log-pattern-trials`: what the patterns find in the last day of the log. */
export const LogPatternTrial = Type.Object({
  attempted: TriedKind,
  succeeded: TriedKind,
  failed: TriedKind,
  /** Lines that these patterns call a success, and they or others a failure. */
  contradictions: TriedKind,
  lines: Count,
  isCut: Type.Boolean(),
});
export type LogPatternTrial = Static<typeof LogPatternTrial>;

/** The body of `PUT /v1/configuration`; `logs` null = nothing is taught. */
export const TaughtConfiguration = Type.Object({ logs: Nullable(TaughtPatterns) });
export type TaughtConfiguration = Static<typeof TaughtConfiguration>;

/** The answer of `PUT /v1/configuration`. */
export const ConfigurationTaken = Type.Object({ configurationId: Nullable(Sha256) });
export type ConfigurationTaken = Static<typeof ConfigurationTaken>;

const patterns = Compile(TaughtPatterns);

export const isTaughtPatterns = (value: unknown): value is TaughtPatterns => patterns.Check(value);

/** Identifies taught patterns, the same for agent and monitor; null for none. */
export function configurationId(logs: TaughtPatterns | null): string | null {
  if (logs === null) return null;
  const { attempted, succeeded, failed, excluded, timestamp } = logs;
  const canonical = JSON.stringify({ attempted, succeeded, failed, excluded, timestamp });
  return `sha256:${createHash("sha256").update(canonical).digest("hex")}`;
}
