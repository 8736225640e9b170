import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { findPasswordProblem, hashPassword } from "../access/passwords.ts";
import {
  addUser,
  findUserByLogin,
  findUserNameProblem,
  normalizeLogin,
  setPasswordHash,
  type User,
} from "../access/users.ts";
import { recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { endAccessOf } from "../people/sessions/sessions.ts";
import { createInvitedUser, type Invited, inviteUser, userCreated } from "../people/users/invitations.ts";
import { listUsers } from "../people/users/list-users.ts";
import { callOf } from "../translations/call-of.ts";
import { OWNER, runCommand, withDatabase } from "./command-line.ts";

const USAGE = `Users of Poswatch, for the owner of the machine; safe while the server runs.

  ${callOf("user")} list
  ${callOf("user")} create-administrator LOGIN NAME [--password-stdin]
  ${callOf("user")} reset-password LOGIN [--password-stdin]

Without --password-stdin the answer is a one-time link, good for 3 days, to set the password in a browser. With it the
password is read from standard input, so that it stays out of the shell's history.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { "password-stdin": { type: "boolean", default: false } },
  });
  const [command, login, ...names] = positionals;
  const isPasswordGiven = values["password-stdin"];
  const run = findCommand(command, login, names.join(" ").trim(), isPasswordGiven);
  await withDatabase(async ({ db }) => {
    process.stdout.write(`${await run(db)}\n`);
  });
}

function findCommand(
  command: string | undefined,
  login: string | undefined,
  name: string,
  isPasswordGiven: boolean,
): (db: Db) => Promise<string> {
  if (command === "list" && login === undefined) return describeUsers;
  if (command === "create-administrator" && login && name) {
    return (db) => createAdministrator(db, login, name, isPasswordGiven);
  }
  if (command === "reset-password" && login && !name)
    return (db) => resetPassword(db, login, isPasswordGiven);
  throw new Error(USAGE);
}

async function describeUsers(db: Db): Promise<string> {
  const users = await listUsers(db, "");
  const lines = users.map(({ login, name, state, isAdministrator, organizations }) => {
    const role = isAdministrator ? "administrator" : `organizations: ${organizations}`;
    return [login, name, state, role].join("\t");
  });
  return lines.length > 0 ? lines.join("\n") : "There are no users yet.";
}

async function createAdministrator(
  db: Db,
  typedLogin: string,
  name: string,
  isPasswordGiven: boolean,
): Promise<string> {
  const login = normalizeLogin(typedLogin);
  if (!login) throw new Error("A login has 2 to 64 characters: letters, digits and . _ @ -");
  if (findUserNameProblem(name)) throw new Error("The name is too long: at most 100 characters.");
  if (await findUserByLogin(db, login)) throw new Error(`There is a user ${login} already.`);
  const now = Date.now();
  if (!isPasswordGiven) {
    const invited = await createInvitedUser(db, OWNER, { login, name, isAdministrator: true }, now);
    if (!invited) throw new Error(`There is a user ${login} already.`);
    return describeLink(invited);
  }
  const passwordHash = await hashPassword(await readPassword(login));
  await db.transaction().execute(async (trx) => {
    await addUser(trx, { login, name, isAdministrator: true, passwordHash }, now);
    await recordEvent(trx, OWNER, userCreated({ login, name, isAdministrator: true }), now);
  });
  return `The administrator ${login} can sign in.`;
}

async function resetPassword(db: Db, typedLogin: string, isPasswordGiven: boolean): Promise<string> {
  const user = await findUserByLogin(db, normalizeLogin(typedLogin) ?? "");
  if (!user) throw new Error(`There is no user ${typedLogin}.`);
  if (user.isBlocked) throw new Error(`${user.login} is blocked: an administrator must unblock them first.`);
  if (isPasswordGiven) return await setPassword(db, user);
  const invited = await inviteUser(db, OWNER, user.id, Date.now());
  if (!invited) throw new Error(`There is no user ${typedLogin} who is not blocked.`);
  return describeLink(invited);
}

async function setPassword(db: Db, user: User): Promise<string> {
  const passwordHash = await hashPassword(await readPassword(user.login));
  await db.transaction().execute(async (trx) => {
    await setPasswordHash(trx, user.id, passwordHash);
    await endAccessOf(trx, user.id);
    await recordEvent(trx, OWNER, { action: "password_change", subject: user.login }, Date.now());
  });
  return `The password of ${user.login} is set; their sessions have ended.`;
}

async function readPassword(login: string): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, "");
  const problem = findPasswordProblem(login, password);
  if (problem === "isLogin") throw new Error("The password must not be the login.");
  if (problem) throw new Error("The password must have 10 to 200 characters.");
  return password;
}

function describeLink({ user, token }: Invited): string {
  return `Open this path at the address of Poswatch within 3 days to set the password of ${user.login}:\n/invitations/${token}`;
}

runCommand(USAGE, main);
