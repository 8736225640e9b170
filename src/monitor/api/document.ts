import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";
import { Type } from "typebox";

const FieldProblem = Type.Object({ field: Type.String(), message: Type.String() });
/** RFC 9457; `type` and the code in it never change. */
const Problem = Type.Object({
  type: Type.String({ examples: ["urn:poswatch:problem:not_found"] }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  errors: Type.Optional(Type.Array(FieldProblem)),
});

/** What no schema of an operation says. */
export const OPENAPI: NonNullable<FastifyDynamicSwaggerOptions["openapi"]> = {
  openapi: "3.1.0",
  info: { title: "Poswatch", version: "1" },
  components: {
    securitySchemes: { token: { type: "http", scheme: "bearer" } },
    responses: {
      Problem: { description: "Why not", content: { "application/problem+json": { schema: Problem } } },
    },
  },
};

/** Each operation may be refused; its parameters with a default may be left out. */
export const describeProblems: NonNullable<FastifyDynamicSwaggerOptions["transformObject"]> = (document) => {
  if (!("openapiObject" in document)) return document.swaggerObject;
  const { openapiObject } = document;
  for (const { get, post } of Object.values(openapiObject.paths ?? {}).filter((path) => path !== undefined)) {
    for (const operation of [get, post]) {
      if (operation?.responses) operation.responses.default = { $ref: "#/components/responses/Problem" };
      // What has a default need not be sent.
      for (const parameter of operation?.parameters ?? []) {
        const { schema } = "in" in parameter ? parameter : {};
        if (schema && "default" in schema) Object.assign(parameter, { required: false });
      }
    }
  }
  return openapiObject;
};
