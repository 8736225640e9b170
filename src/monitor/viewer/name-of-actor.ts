import type { Viewer } from "./viewer.ts";

/** No user can have such a login. */
const TOKEN_LOGIN = /^token:(\d+)$/;

/** The login of a token of the API as an actor. */
export function loginOfToken(id: number): string {
  return `token:${id}`;
}

/** @returns null when the login is not that of a token of the API. */
export function idOfToken(login: string | null): number | null {
  const [, id] = TOKEN_LOGIN.exec(login ?? "") ?? [];
  return id === undefined ? null : Number(id);
}

/** Who asked for something, as a row keeps them. */
export function nameOfActor(
  { t }: Pick<Viewer, "t">,
  { userName, userLogin }: { userName: string | null; userLogin: string },
): string {
  const name = userName ?? userLogin;
  return idOfToken(userLogin) !== null ? t("apiTokens.actor", { name }) : name;
}
