import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import fp from "fastify-plugin";
import { AGENT_PATHS } from "../../protocol/dial-out.ts";
import type { ApiError } from "../../protocol/field-types.ts";
import { type StorageProblemKind, storageProblemOf } from "../database/storage-watch.ts";
import { isForPrograms, sendProblem } from "./problems.ts";

export type BusyWith =
  | "passwords"
  | "searches"
  | "files"
  | "logQuestions"
  | "batches"
  | "imports"
  | "reports";

/** Too much of a kind waits already; nothing was done. */
export class BusyError extends Error {
  readonly statusCode = 429;
  readonly busyWith: BusyWith;
  readonly retryAfterSeconds: number;

  constructor(busyWith: BusyWith, retryAfterSeconds: number) {
    super(`too many ${busyWith} wait already`);
    this.name = "BusyError";
    this.busyWith = busyWith;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What an address names does not exist, or must not be seen. */
export class NotFoundError extends Error {
  readonly statusCode = 404;
}

const NO_PAGE = "/malformed-address";

/** Replaces an address that cannot be decoded, which the router would answer with JSON, by one that is not found. */
export function decodableUrl(url = "/"): string {
  const [path = "/"] = url.split("?");
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return NO_PAGE;
  }
}

/** Errors as pages in the viewer's language, with 404 for what is unknown or forbidden alike; for agents and programs as JSON. */
export default fp(
  async (app) => {
    let patterns: { route: RouteOptions; pattern: URLPattern }[] | null = null;
    app.setNotFoundHandler(async (request, reply) => {
      const allowed = methodsAt(request.originalUrl);
      // A route may hide itself from somebody by this handler.
      if (allowed.length === 0 || allowed.includes(request.method))
        return await answer(request, reply, 404, "notFound", null);
      reply.header("allow", allowed.join(", "));
      return await answer(request, reply, 405, "wrongMethod", null);
    });
    app.setErrorHandler<FastifyError>(async (error, request, reply) => {
      const storage = storageProblemOf(error);
      if (storage) {
        request.log.warn({ code: storage.code }, "A request failed for the state of the database");
        return await answer(request, reply, 503, storage.kind, error);
      }
      const status = error.statusCode ?? 500;
      if (status >= 500) {
        request.log.error({ err: error }, "A request failed");
        return await answer(request, reply, status, "failed", error);
      }
      request.log.info({ code: error.code, status, address: request.ip }, "A request was refused");
      if (error instanceof BusyError) {
        reply.header("retry-after", error.retryAfterSeconds);
        return await answer(request, reply, status, "busy", error, `error.busyWith.${error.busyWith}`);
      }
      return await answer(request, reply, status, status === 404 ? "notFound" : "badRequest", error);
    });

    /** Of the routes with this address. */
    function methodsAt(url: string): string[] {
      const [pathname = "/"] = url.split("?");
      patterns ??= app.registeredRoutes.map((route) => ({
        route,
        pattern: new URLPattern({ pathname: route.url }),
      }));
      const taken = patterns.filter(({ pattern }) => pattern.test({ pathname }));
      return [...new Set(taken.flatMap(({ route }) => route.method))].sort();
    }

    async function answer(
      request: FastifyRequest,
      reply: FastifyReply,
      status: number,
      kind: "notFound" | "wrongMethod" | "failed" | "badRequest" | "busy" | StorageProblemKind,
      error: FastifyError | null,
      text = `error.${kind}Text`,
    ) {
      reply.code(status);
      if (request.originalUrl.startsWith(AGENT_PATHS)) return reply.send(apiError(status));
      if (isForPrograms(request)) return sendProblem(reply, status, kind, error);
      const { t } = request.viewer;
      const message = t(text, { id: request.id });
      if (!request.isPartial) {
        return await reply.page("errors/page", { title: t(`error.${kind}Title`), message });
      }
      return reply
        .type("text/html; charset=utf-8")
        .send(app.renderFragment("errors/_message", request.viewer, { message }));
    }
  },
  { name: "errors", dependencies: ["authorization", "views", "hypermedia"] },
);

/** `not_found` for 404. */
function apiError(status: number): ApiError {
  const message = STATUS_CODES[status] ?? String(status);
  return { error: message.toLowerCase().replaceAll(/\W+/g, "_"), message };
}
