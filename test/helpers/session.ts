import { addUser, findUserByLogin } from "../../src/monitor/access/users.ts";
import type { Db } from "../../src/monitor/database/schema.ts";
import { beginSession } from "../../src/monitor/people/sessions/sessions.ts";

/** So far ahead that no clock of a test ends it. */
const NEVER_ENDING = Date.parse("2100-01-01T00:00:00.000Z");

/** Begins a session of an administrator without going through the sign-in. @returns the value of its cookie. */
export async function beginTestSession(db: Db): Promise<string> {
  const login = "test-administrator";
  const known = await findUserByLogin(db, login);
  const newUser = { login, name: "Test Administrator", isAdministrator: true, passwordHash: null };
  const userId = known?.id ?? (await addUser(db, newUser, 0));
  return await beginSession(db, userId, { address: "127.0.0.1", browser: "test" }, NEVER_ENDING);
}
