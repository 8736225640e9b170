import type { OpenAPIV3_1 } from "openapi-types";
import type { Viewer } from "../../viewer/viewer.ts";

const JSON_TYPE = "application/json";
/** Stands for the token in what is shown. */
const TOKEN = "$TOKEN";

/** An operation, as its page needs it. */
export interface ApiOperation {
  id: string;
  method: string;
  path: string;
  scope: string;
  fields: ApiField[];
  /** An example of the JSON that it takes; null = none. */
  body: string | null;
  /** Types of the file that it takes; empty = none. */
  fileTypes: string[];
}

interface ApiField {
  name: string;
  place: "path" | "query";
  isRequired: boolean;
  isNumber: boolean;
  /** Begins with the value of an empty field. */
  value: string;
  choices: string[];
  example: string | null;
}

/** Reads the operations from the description of the API. */
export function operationsOf({ paths = {} }: Partial<OpenAPIV3_1.Document>): ApiOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    (["get", "post"] as const).flatMap((method) => {
      const operation = item?.[method];
      return operation ? [operationOf(method, path, operation)] : [];
    }),
  );
}

function operationOf(method: string, path: string, operation: OpenAPIV3_1.OperationObject): ApiOperation {
  const { operationId: id = "", parameters = [], security = [], requestBody } = operation;
  const content = requestBody && "content" in requestBody ? requestBody.content : {};
  const json = content[JSON_TYPE]?.schema;
  return {
    id,
    method: method.toUpperCase(),
    path,
    scope: security[0]?.token?.[0] ?? "",
    fields: parameters.flatMap((parameter) => ("name" in parameter ? [fieldOf(parameter)] : [])),
    body: json ? JSON.stringify(exampleOf(json as OpenAPIV3_1.SchemaObject), null, 2) : null,
    fileTypes: Object.keys(content).filter((type) => type !== JSON_TYPE),
  };
}

function fieldOf({ name, in: place, required = false, schema }: OpenAPIV3_1.ParameterObject): ApiField {
  const {
    type,
    enum: values = [],
    default: usual = "",
    examples = [],
  } = (schema ?? {}) as OpenAPIV3_1.SchemaObject;
  return {
    name,
    place: place === "path" ? "path" : "query",
    isRequired: required && place === "path",
    isNumber: type === "integer",
    value: place === "path" ? "1" : String(usual),
    choices: type === "boolean" ? ["true", "false"] : values.map(String),
    example: examples.length > 0 ? String(examples[0]) : null,
  };
}

/** The smallest value that fits: what is optional is left out. */
function exampleOf(schema: OpenAPIV3_1.SchemaObject): unknown {
  const { type, properties = {}, required = [], examples = [], enum: values = [], default: usual } = schema;
  if (examples.length > 0) return examples[0];
  if (usual !== undefined) return usual;
  if (values.length > 0) return values[0];
  if (type === "object") {
    return Object.fromEntries(
      required.map((name) => [name, exampleOf((properties[name] ?? {}) as OpenAPIV3_1.SchemaObject)]),
    );
  }
  return "items" in schema ? [exampleOf(schema.items as OpenAPIV3_1.SchemaObject)] : 1;
}

/** @param address of Poswatch, for the commands. */
export function tryModel({ t }: Viewer, operations: readonly ApiOperation[], address: string) {
  return {
    address,
    operations: operations.map((operation) => ({
      ...operation,
      title: t(`api.operation.${operation.id}`),
      curl: curlOf(operation, address),
    })),
  };
}

/** A line for a shell, as public/js/try-api.js writes it anew for what is filled in. */
function curlOf({ method, path, fields, body, fileTypes }: ApiOperation, address: string): string {
  const filled = fields
    .filter(({ place }) => place === "path")
    .reduce((whole, { name, value }) => whole.replace(`{${name}}`, value), path);
  return [
    "curl",
    ...(method === "GET" ? [] : [`-X ${method}`]),
    `-H "Authorization: Bearer ${TOKEN}"`,
    ...(body ? [`-H "Content-Type: ${JSON_TYPE}" -d '${JSON.stringify(JSON.parse(body))}'`] : []),
    ...(fileTypes[0] ? [`-H "Content-Type: ${fileTypes[0]}" --data-binary @import.csv`] : []),
    `"${address}${filled}"`,
  ].join(" ");
}
