import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

const PROBLEM_TYPE = "application/problem+json";

/** What programs are told of one field: its place (`limit`, `posServerIds/3`), and what is wrong with it. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** Why a program is refused, as RFC 9457 has it. `code` never changes; `message` is its `detail`. */
export class ProblemError extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly errors: readonly FieldProblem[];
  readonly headers: Record<string, string | number>;

  constructor(
    statusCode: number,
    code: string,
    detail: string,
    {
      errors = [],
      headers = {},
    }: { errors?: readonly FieldProblem[]; headers?: ProblemError["headers"] } = {},
  ) {
    super(detail);
    this.name = "ProblemError";
    this.statusCode = statusCode;
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }
}

/** A request with one wrong field. */
export function wrongField(field: string, message: string, statusCode = 400): ProblemError {
  const errors = [{ field, message }];
  return new ProblemError(statusCode, "invalid_request", `${field}: ${message}`, { errors });
}

/** Whether programs ask there, with a token. */
export function isForPrograms({ url, routeOptions }: FastifyRequest): boolean {
  return url.startsWith("/api/") || typeof routeOptions.config?.access === "object";
}

/** @param kind why, where the error itself does not say it to others. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  kind: string,
  error: Partial<FastifyError> | null,
): FastifyReply {
  const { code, detail, errors } = describe(reply.request, kind, error);
  if (error instanceof ProblemError) reply.headers(error.headers);
  const problem = {
    type: `urn:poswatch:problem:${code}`,
    title: STATUS_CODES[status] ?? String(status),
    status,
    detail,
    ...(errors.length > 0 && { errors }),
  };
  return reply.code(status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

interface Described {
  code: string;
  detail: string;
  errors: readonly FieldProblem[];
}

function describe({ id }: FastifyRequest, kind: string, error: Partial<FastifyError> | null): Described {
  const errors: Described["errors"] = [];
  if (error instanceof ProblemError) return { code: error.code, detail: error.message, errors: error.errors };
  if (error?.validation)
    return { code: "invalid_request", detail: error.message ?? "", errors: wrongFields(error) };
  switch (kind) {
    case "notFound":
      return { code: "not_found", detail: "There is no such thing, or it is not for this token.", errors };
    case "busy":
      return { code: "busy", detail: "Too much of this kind waits already; nothing was done.", errors };
    case "badRequest":
      return { code: "bad_request", detail: error?.message ?? "", errors };
    case "failed":
      return { code: "failed", detail: `Something went wrong; its id in the log is ${id}.`, errors };
    default:
      return { code: "unavailable", detail: "The database cannot be used now.", errors };
  }
}

function wrongFields({ validation = [], validationContext }: Partial<FastifyError>): FieldProblem[] {
  return validation.map(({ instancePath, params, message = "" }) => {
    const named = params.missingProperty ?? params.additionalProperty;
    const place = [...instancePath.split("/").slice(1), ...(named ? [String(named)] : [])];
    return { field: place.join("/") || String(validationContext ?? ""), message };
  });
}
