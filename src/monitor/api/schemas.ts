import type { FastifySchema } from "fastify";
import { type Static, type TProperties, type TSchema, type TUnsafe, Type } from "typebox";
import type { Scope } from "../access/api-tokens.ts";
import { presentationFor } from "../viewer/viewer.ts";

/** Each schema checks what comes or shapes what goes, types it, and stands in `/api/v1/openapi.json`. Of an answer nothing goes that it does not name. */

const MAX_ID = 1_000_000_000_000_000;
const MAX_PAGE_ROWS = 200;
const PAGE_ROWS = 50;

export const Id = Type.Integer({ minimum: 1, maximum: MAX_ID });
/** JavaScript has no time for one. */
const NO_LEAP_SECOND = "^.{17}[0-5]";
/** ISO 8601, in UTC where it is answered. */
export const Time = Type.String({
  format: "date-time",
  pattern: NO_LEAP_SECOND,
  examples: ["2026-11-24T10:00:00.000Z"],
});
export const OrganizationId = Type.Integer({
  ...Id,
  description: "Its id, which is no CrmId; POS servers have both.",
});
export const ById = Type.Object({ id: Id });
export const Named = Type.Object({ id: Id, name: Type.String() });
export const Coded = Type.Object(
  { code: Type.String(), title: Type.String() },
  { description: "A code, which never changes, with its words in the language of Accept-Language." },
);

export function oneOf<const Value extends string>(values: readonly Value[]) {
  return Type.Unsafe<Value>({ type: "string", enum: [...values] });
}

export function nullable<Schema extends TSchema & { type: string }>(schema: Schema) {
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, "null"] });
}

/** What is sent with anything else in it is refused. */
export function strictObject<Fields extends TProperties>(fields: Fields) {
  return Type.Object(fields, { additionalProperties: false });
}

/** Need not be sent, and is there all the same. */
export function usually<Schema extends TSchema>(schema: Schema, value: Static<Schema>) {
  const optional = Type.Optional(Type.Unsafe<Static<Schema>>({ ...schema, default: value }));
  return optional as unknown as TUnsafe<Static<Schema>>;
}

/** How long a page of each list is. */
export const Limit = usually(
  Type.Integer({ minimum: 1, maximum: MAX_PAGE_ROWS, description: "Rows of a page." }),
  PAGE_ROWS,
);

export function pageOf<Item extends TSchema>(item: Item) {
  const next = Type.String({ description: "The cursor of the next page; null: this is the last one." });
  return Type.Object({ items: Type.Array(item), next: nullable(next) });
}

export function timeOf(at: number): string {
  return new Date(at).toISOString();
}

export function timeOrNull(at: number | null): string | null {
  return at === null ? null : timeOf(at);
}

/** RFC 9457; `type` and the code in it never change. */
const Problem = Type.Object({
  type: Type.String({ examples: ["urn:poswatch:problem:not_found"] }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
});
const REFUSAL = { description: "Why not", content: { "application/problem+json": { schema: Problem } } };

/** The words of problems that programs get. */
export const ENGLISH = presentationFor("en", "UTC");

/** An operation of the API, which tokens with this scope may use. */
export function operation<const Schema extends FastifySchema & { summary: string }>(
  scope: Scope,
  operationId: string,
  schema: Schema,
) {
  const response = { ...Object(schema.response), default: REFUSAL };
  const security = [{ token: [scope] }];
  // Only what has a tag is described.
  const described = { ...schema, response, operationId, tags: ["v1"], security };
  return { config: { access: { token: scope } }, schema: described as Schema };
}
