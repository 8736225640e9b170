import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

const PROBLEM_TYPE = "application/problem+json";

/** What programs are told of one field: its place (`limit`, `posServerIds/3`), and what is wrong with it. */
export interface FieldProblem {
  field: string;
  message: string;
}

type ProblemParts = Partial<Pick<ProblemError, "errors" | "headers">>;

/** Why a program is refused, as RFC 9457 has it. `code` never changes; `message` is its `detail`. */
export class ProblemError extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly errors: readonly FieldProblem[];
  readonly headers: Record<string, string | number>;

  constructor(statusCode: number, code: string, detail: string, more: ProblemParts = {}) {
    super(detail);
    this.name = "ProblemError";
    this.statusCode = statusCode;
    this.code = code;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}

/** A request with one wrong field. */
export function wrongField(field: string, message: string): ProblemError {
  const errors = [{ field, message }];
  return new ProblemError(400, "invalid_request", `${field}: ${message}`, { errors });
}

/** Whether programs ask there, with a token. */
export function isForPrograms({ originalUrl }: FastifyRequest): boolean {
  return /^\/(?:api|metrics)(?![\w-])/.test(originalUrl);
}

/** @param kind why, where the error itself does not say it to others. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  kind: string,
  error: FastifyError | null,
): FastifyReply {
  if (error instanceof ProblemError) reply.headers(error.headers);
  const title = STATUS_CODES[status] ?? String(status);
  const code = title.toLowerCase().replaceAll(" ", "_");
  const problem = { title, status, ...describe(reply.request, { kind, code }, error) };
  return reply.code(status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** `errors` = there are wrong fields. */
function describe(
  { id }: FastifyRequest,
  { kind, code: ofStatus }: Record<"kind" | "code", string>,
  error: FastifyError | null,
) {
  const said = (code: string, detail: string, errors: readonly FieldProblem[] = []) => ({
    type: `urn:poswatch:problem:${code}`,
    detail,
    ...(errors.length > 0 && { errors }),
  });
  if (error instanceof ProblemError) return said(error.code, error.message, error.errors);
  if (error?.validation) return said("invalid_request", error.message, wrongFields(error));
  if (kind === "notFound") return said("not_found", "There is no such thing, or it is not for this token.");
  if (kind === "wrongMethod") return said(ofStatus, "This address has other methods: see Allow.");
  if (kind === "busy") return said("busy", "Too much of this kind waits already; nothing was done.");
  if (kind === "badRequest") return said(ofStatus, error?.message ?? "");
  if (kind === "failed") return said("failed", `Something went wrong; its id in the log is ${id}.`);
  return said("unavailable", "The database cannot be used now.");
}

function wrongFields({ validation = [], validationContext }: FastifyError): FieldProblem[] {
  return validation.map(({ instancePath, params, message = "" }) => {
    const named = params.missingProperty ?? params.additionalProperty;
    const place = [...instancePath.split("/").slice(1), ...(named ? [String(named)] : [])];
    return { field: place.join("/") || String(validationContext ?? ""), message };
  });
}
