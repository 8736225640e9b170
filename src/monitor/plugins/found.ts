import { NotFoundError } from "./errors.ts";

/** What an address names. @throws NotFoundError when it does not exist, or must not be seen. */
export function found<T>(named: T | null | undefined): T {
  if (named === null || named === undefined) throw new NotFoundError();
  return named;
}
