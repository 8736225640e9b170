import { createHash } from "node:crypto";
import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { TObject } from "typebox";
import { readId } from "../forms/fields.ts";
import { ProblemError } from "../plugins/problems.ts";
import { batchResources } from "./batches.ts";
import { FILE_TYPES, importResources } from "./imports.ts";
import { incidentResources } from "./incidents.ts";
import { logResources } from "./logs.ts";
import { posServerResources } from "./pos-servers.ts";
import { apiTokensRoutes } from "./tokens-routes.ts";

const PREFIX = "/api/v1";
const ACCEPTED = `Send application/json; to /imports ${FILE_TYPES.join(" or ")}.`;
const BOOLEANS: Partial<Record<string, boolean>> = { true: true, false: false };
/** What no schema of an operation says. */
const OPENAPI = {
  openapi: "3.1.0",
  info: { title: "Poswatch", version: "1" },
  components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
} as const;

/** `/api/v1` for programs; `/settings/api` for those who let them in. */
export async function apiRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, { openapi: OPENAPI, hideUntagged: true });
  await app.register(
    async (api) => {
      const readJson = api.getDefaultJsonParser("error", "error");
      api.removeAllContentTypeParsers();
      // Many clients name the type also where they send nothing.
      api.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
        if (body === "") done(null, undefined);
        else readJson(request, String(body), done);
      });
      api.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
        done(body === "" ? null : new ProblemError(415, "unsupported_media_type", ACCEPTED));
      });
      api.addHook("preValidation", readAddress);
      api.addHook("preSerialization", tagAnswer);
      // Without a length, which would be that of nothing.
      api.addHook("onSend", async (_request, { statusCode }, payload) =>
        statusCode === 304 ? null : payload,
      );
      await api.register(posServerResources);
      await api.register(incidentResources);
      await api.register(logResources);
      await api.register(batchResources);
      await api.register(importResources);
      api.get("/openapi.json", { config: { access: { token: null } } }, async () => app.swagger());
    },
    { prefix: PREFIX },
  );
  await app.register(apiTokensRoutes);
  const access = { config: { access: "administrator" } } as const;
  app.get("/settings/api/openapi.json", access, async () => app.swagger());
}

/** An address holds only texts: those that its schema has as numbers or booleans become that, if written plainly. */
async function readAddress({ routeOptions, params, query }: FastifyRequest) {
  const { params: ofPath, querystring } = (routeOptions.schema ?? {}) as Record<string, Partial<TObject>>;
  for (const [schema, sent] of [[ofPath, params] as const, [querystring, query] as const]) {
    const values = sent as Record<string, unknown>;
    for (const [name, { type }] of Object.entries<{ type?: string }>(schema?.properties ?? {})) {
      const text = values[name];
      if (typeof text !== "string") continue;
      if (type === "integer") values[name] = readId(text) ?? text;
      if (type === "boolean") values[name] = BOOLEANS[text] ?? text;
    }
  }
}

/** Gives an answer its ETag, and only that to whoever has it already. It is serialized once. */
async function tagAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown) {
  const text = String(reply.serialize(payload));
  reply.serializer(() => text);
  if (request.method !== "GET" || reply.statusCode !== 200) return payload;
  const tag = `"${createHash("sha1").update(text).digest("base64url")}"`;
  reply.headers({ etag: tag, "cache-control": "private, no-cache", vary: "Authorization, Accept-Language" });
  const known = (request.headers["if-none-match"] ?? "")
    .split(",")
    .map((one) => one.trim().replace(/^W\//, ""));
  if (known.includes(tag) || known.includes("*")) reply.code(304).serializer(() => "");
  return payload;
}
