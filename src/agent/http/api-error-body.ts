import type { ApiError } from "../../protocol/api-error.ts";

/** The body of a failed call; both texts may be shown to anybody, so neither holds a secret. */
export function apiError(error: string, message: string): ApiError {
  return { error, message };
}
