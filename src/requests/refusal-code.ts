import type { CallFailure } from "../pos-client/client.ts";

const NOT_FOUND = 404;

/** The code of a command that the POS server would not begin. */
export function refusalCode({ status }: CallFailure): "not_offered" | "refused" {
  return status === NOT_FOUND ? "not_offered" : "refused";
}
