import type { FastifyInstance, FastifyRequest } from "fastify";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { bearerToken } from "../../protocol/bearer-token.ts";
import { ProblemError } from "../plugins/problems.ts";
import { loginOfToken } from "../viewer/in-words.ts";
import { presentationFor } from "../viewer/viewer.ts";
import { findApiToken, type OpenApiToken, type Scope } from "./api-tokens.ts";
import { createAdmission, GUESS_AGAIN_SECONDS } from "./attempt-limit.ts";
import { noteUse } from "./stored-tokens.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** By which a program asks; null on routes of people. */
    apiToken: OpenApiToken | null;
  }
}

/** Of one token, in a minute. */
const REQUESTS = { points: 300, duration: 60 };

/**
 * Lets programs in by `Authorization: Bearer <token>`; the request then sees what the token may see, in the language of
 * `Accept-Language`, and acts in the token's name. @returns a function that throws a ProblemError to whom it refuses.
 */
export function createTokenGate(app: FastifyInstance) {
  const { database, clock } = app;
  const { db } = database;
  const admit = createAdmission(database, clock, (token) => findApiToken(db, token));
  const requests = new RateLimiterMemory(REQUESTS);
  app.decorateRequest("apiToken", null);

  return async (request: FastifyRequest, scope: Scope | null): Promise<void> => {
    const token = bearerToken(request.headers);
    if (token === null) throw unauthorized("Bearer", "Send Authorization: Bearer <token>.");
    const found = await admit(token, request.ip);
    if (found === "tooMany")
      throw tooMany("Too many wrong tokens came from this address.", GUESS_AGAIN_SECONDS);
    if (found === "unknown") throw invalidToken("The token is unknown, or was taken back.");
    const { consumedPoints, msBeforeNext } = await requests.penalty(found.id);
    if (consumedPoints > REQUESTS.points)
      throw tooMany(`A token may ask ${REQUESTS.points} times a minute.`, Math.ceil(msBeforeNext / 1_000));
    if (clock() >= found.endsAt) throw invalidToken("The token has ended.");
    if (found.isDead) throw invalidToken("Whoever made the token is blocked.");
    if (scope !== null) requireScope(found, scope);
    await noteUse(app, found);
    request.apiToken = found;
    const [, language] = /\b(ru|en)\b/i.exec(request.headers["accept-language"] ?? "") ?? [];
    const presentation = presentationFor(language?.toLowerCase(), "UTC");
    request.viewer = { user: null, organizations: found.access, ...presentation };
    const { id, userId, name } = found;
    const actor = { userId, login: loginOfToken(id), name, address: request.ip };
    request.actor = () => actor;
  };
}

/** @throws ProblemError */
export function requireScope({ scopes }: OpenApiToken, scope: Scope): void {
  if (scopes.includes(scope)) return;
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  throw new ProblemError(403, "missing_scope", `The token lacks the scope ${scope}.`, {
    headers: { "www-authenticate": challenge },
  });
}

function unauthorized(challenge: string, detail: string): ProblemError {
  return new ProblemError(401, "unauthorized", detail, { headers: { "www-authenticate": challenge } });
}

function invalidToken(detail: string): ProblemError {
  return unauthorized(`Bearer error="invalid_token"`, detail);
}

function tooMany(detail: string, seconds: number): ProblemError {
  return new ProblemError(429, "too_many_requests", detail, { headers: { "retry-after": seconds } });
}
