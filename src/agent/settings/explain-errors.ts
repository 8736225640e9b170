interface SchemaError {
  keyword: string;
  instancePath: string;
  message: string;
}

/** Tells every problem of a value that does not fit its schema, each with its path. */
export function explainErrors(errors: Iterable<SchemaError>): string[] {
  return [...errors]
    .filter(({ keyword }) => keyword !== "additionalProperties")
    .map(({ keyword, instancePath, message }) =>
      keyword === "boolean" ? `${instancePath} is not a known setting` : `${instancePath || "/"} ${message}`,
    );
}
