import type { FastifyInstance } from "fastify";
import type { OpenAPIV3_1 } from "openapi-types";
import { pageLink } from "../installation/addresses.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** `/settings/api/try`: the calls of the API to try, and their description for programs. */
export async function tryRoutes(app: FastifyInstance): Promise<void> {
  const access = { config: { access: "administrator" } } as const;

  app.get("/settings/api/try", access, async (request, reply) => {
    const model = tryModel(request.viewer, app.swagger(), await pageLink(request, ""));
    return await reply.settingsPage("api/try", model);
  });

  app.get("/settings/api/openapi.json", access, async () => app.swagger());
}

/** @param address of Poswatch, for the commands. */
function tryModel({ t }: Viewer, description: object, address: string) {
  const { paths = {} } = description as Partial<OpenAPIV3_1.Document>;
  const calls = Object.entries(paths).flatMap(([path, item]) =>
    (["get", "post"] as const).flatMap((method) => callModel(method.toUpperCase(), path, item?.[method])),
  );
  return { address, operations: calls };

  function callModel(method: string, path: string, operation?: OpenAPIV3_1.OperationObject) {
    if (!operation) return [];
    const { operationId: id = "", parameters = [], security, requestBody } = operation;
    const content = requestBody && "content" in requestBody ? requestBody.content : {};
    const [type = null] = Object.keys(content);
    const body = type === null ? null : (content[type]?.example ?? null);
    const isFile = JSON.stringify(operation.responses?.[200] ?? "").includes("application/zip");
    const sent = body === null ? "--data-binary @import.csv" : `-d '${JSON.stringify(body)}'`;
    const curl = [
      `curl -H "Authorization: Bearer $TOKEN"`,
      ...(method === "GET" ? [] : [`-X ${method}`]),
      ...(type === null ? [] : [`-H "Content-Type: ${type}" ${sent}`]),
      ...(isFile ? ["-o logs.zip"] : []),
      `"${address}${path.replace("{id}", "1")}"`,
    ];
    return {
      ...{ id, method, path, title: t(`api.operation.${id}`), scope: security?.[0]?.token?.[0] },
      fields: parameters
        .flatMap((parameter) => ("name" in parameter ? fieldModel(parameter) : []))
        .sort((one, other) => Number(other.place === "path") - Number(one.place === "path")),
      body: body && JSON.stringify(body, null, 2),
      fileTypes: body === null ? Object.keys(content) : [],
      curl: curl.join(" "),
    };
  }
}

function fieldModel({ name, in: place, schema, example }: OpenAPIV3_1.ParameterObject) {
  const {
    type,
    enum: values = [],
    default: usual = place === "path" ? 1 : "",
  } = (schema ?? {}) as OpenAPIV3_1.SchemaObject;
  // To try is no harm where the example is harmless.
  const value = type === "boolean" ? (example ?? usual) : usual;
  return {
    ...{ name, place, example, value: String(value) },
    isNumber: type === "integer",
    isBoolean: type === "boolean",
    choices: type === "boolean" ? ["true", "false"] : values,
  };
}
