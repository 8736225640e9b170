import type { TLocalizedValidationError } from "typebox/error";
import { Pointer } from "typebox/value";
import { configTexts } from "../texts/config-texts.ts";

const MAX_FOUND_LENGTH = 80;

/** Every problem of a value that does not fit its schema, in Russian, with its path. */
export function explainErrors(content: unknown, errors: readonly TLocalizedValidationError[]): string[] {
  return errors
    .filter(({ keyword }) => keyword !== "additionalProperties")
    .map((error) => configTexts.problem(error.instancePath || "/", explain(error, content)));
}

function explain(error: TLocalizedValidationError, content: unknown): string {
  if (error.keyword === "boolean") return configTexts.unknownSetting;
  if (error.keyword === "required") return configTexts.missing(error.params.requiredProperties.join(", "));
  const found = JSON.stringify(
    error.instancePath === "" ? content : Pointer.Get(content, error.instancePath),
  );
  return configTexts.expected(expectedOf(error), found.slice(0, MAX_FOUND_LENGTH));
}

function expectedOf(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case "type":
      return configTexts.type([error.params.type].flat().join(", "));
    case "minimum":
      return configTexts.atLeast(Number(error.params.limit));
    case "maximum":
      return configTexts.atMost(Number(error.params.limit));
    case "minLength":
      return configTexts.longerThan(error.params.limit);
    case "maxLength":
      return configTexts.shorterThan(error.params.limit);
    case "minItems":
      return configTexts.moreItems(error.params.limit);
    case "pattern":
      return configTexts.pattern(String(error.params.pattern));
    case "enum":
      return configTexts.oneOf(error.params.allowedValues.join(", "));
    case "~refine":
      return error.params.message;
    default:
      return error.message;
  }
}
