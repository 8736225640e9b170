import type { Viewer } from "./viewer.ts";

/** No user can have such a login. */
const TOKEN_LOGIN = /^token:\d+$/;

/** The login of a token of the API as an actor. */
export function loginOfToken(id: number): string {
  return `token:${id}`;
}

/** Who asked for something, as a row keeps them. */
export function nameOfActor(
  { t }: Pick<Viewer, "t">,
  { userName, userLogin }: { userName: string | null; userLogin: string },
): string {
  const name = userName ?? userLogin;
  return TOKEN_LOGIN.test(userLogin) ? t("apiTokens.actor", { name }) : name;
}
