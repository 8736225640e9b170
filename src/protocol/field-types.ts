import Type, { type Static } from "typebox";

const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;
const UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/** ISO 8601 in UTC. */
export const Time = Type.Refine(
  Type.String(),
  (value) => UTC_TIME.test(value) && !Number.isNaN(Date.parse(value)),
  () => "must be an ISO 8601 time in UTC",
);

/** As `Time`. @param at ms UTC. */
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Of whatever; so large that sums of many still fit into a database. */
export const Count = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 });
export const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Adds up sizes as POS servers report them, at most to the largest safe integer, which a database can store. */
export function sumOfBytes(sizes: Iterable<number>): number {
  let sum = 0;
  for (const bytes of sizes) sum = Math.min(sum + bytes, Number.MAX_SAFE_INTEGER);
  return sum;
}

/** Of a certificate, a public key or a configuration. */
export const SHA256 = /^sha256:[0-9a-f]{64}$/;
export const Sha256 = Type.String({ pattern: SHA256.source });

export const Uuid = Type.String({ pattern: UUID });
export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const NullableObject = <T extends Type.TProperties>(properties: T) =>
  Nullable(Type.Object(properties));

/** A field beyond the first report of the protocol: null or missing = unknown. */
export const Grown = <T extends Type.TSchema>(schema: T) => Type.Optional(Nullable(schema));
export const GrownObject = <T extends Type.TProperties>(properties: T) => Grown(Type.Object(properties));

/** The body of every 4xx and 5xx answer of the POS status API. */
export const ApiError = Type.Object({ error: Type.String(), message: Type.String() });
export type ApiError = Static<typeof ApiError>;
