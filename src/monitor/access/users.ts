import { hasRow } from "../database/count-rows.ts";
import type { Db } from "../database/schema.ts";
import { searchText, sortText } from "../database/text.ts";

const MAX_NAME_LENGTH = 100;
const LOGIN = /^[\p{L}\p{N}._@-]{2,64}$/u;

/** A user without the hash of the password, since pages show users. */
export type User = NonNullable<Awaited<ReturnType<typeof findUserById>>>;

export type UserState = "invited" | "active" | "blocked";

/** A user without a password is only invited. */
export function userState(user: Pick<User, "isBlocked" | "hasPassword">): UserState {
  if (user.isBlocked) return "blocked";
  return user.hasPassword ? "active" : "invited";
}

/** As it is stored and compared; null when it is not 2 to 64 letters, digits, `.`, `_`, `@` or `-`. */
export function normalizeLogin(text: string): string | null {
  const login = text.trim().normalize("NFKC").toLowerCase();
  return LOGIN.test(login) ? login : null;
}

/** Of a trimmed name. @returns the key of what is wrong; null = nothing. */
export function findUserNameProblem(name: string): string | null {
  if (name === "") return "user.problem.name";
  return name.length > MAX_NAME_LENGTH ? "users.problem.nameTooLong" : null;
}

interface NewUser {
  /** Normalized. */
  login: string;
  name: string;
  isAdministrator: boolean;
  /** null = set through an invitation. */
  passwordHash: string | null;
}

/** @returns the new user's id. @throws SqliteError SQLITE_CONSTRAINT_UNIQUE when the login is taken. */
export async function addUser(db: Db, user: NewUser, now: number): Promise<number> {
  const { id } = await db
    .insertInto("user")
    .values({
      login: user.login,
      ...nameColumns(user.login, user.name),
      passwordHash: user.passwordHash,
      isAdministrator: Number(user.isAdministrator),
      isBlocked: 0,
      hasAllOrganizations: 0,
      createdAt: now,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

export async function findUserByLogin(db: Db, login: string): Promise<User | null> {
  const row = await selectUsers(db).where("login", "=", login).executeTakeFirst();
  return row ? toUser(row) : null;
}

export async function findUserById(db: Db, id: number) {
  const row = await selectUsers(db).where("id", "=", id).executeTakeFirst();
  return row ? toUser(row) : null;
}

/** @returns what `isGuessRight` needs; null when there is no such user, or they have no password yet. */
export async function findPasswordHash(db: Db, login: string): Promise<string | null> {
  const row = await db
    .selectFrom("user")
    .select("passwordHash")
    .where("login", "=", login)
    .executeTakeFirst();
  return row?.passwordHash ?? null;
}

/** The administrators who can sign in: whom to ask, and of whom the last one must stay. */
export async function listActiveAdministrators(db: Db): Promise<User[]> {
  const rows = await selectUsers(db)
    .where("isAdministrator", "=", 1)
    .where("isBlocked", "=", 0)
    .where("passwordHash", "is not", null)
    .orderBy("nameSort")
    .execute();
  return rows.map(toUser);
}

/** Whether the program is set up: it has an administrator. */
export async function hasAdministrator(db: Db): Promise<boolean> {
  return await hasRow(db.selectFrom("user").where("isAdministrator", "=", 1));
}

/** The columns that follow from a user's name. */
export function nameColumns(login: string, name: string) {
  return { name, nameSort: sortText(name), searchText: searchText(login, name) };
}

export async function setPasswordHash(db: Db, userId: number, passwordHash: string): Promise<void> {
  await db.updateTable("user").set({ passwordHash }).where("id", "=", userId).execute();
}

function selectUsers(db: Db) {
  return db
    .selectFrom("user")
    .select(["id", "login", "name", "isAdministrator", "isBlocked", "hasAllOrganizations"])
    .select(({ eb }) => eb("passwordHash", "is not", null).as("hasPassword"));
}

function toUser(row: Awaited<ReturnType<ReturnType<typeof selectUsers>["executeTakeFirstOrThrow"]>>) {
  return {
    ...row,
    hasPassword: Boolean(row.hasPassword),
    isAdministrator: row.isAdministrator === 1,
    isBlocked: row.isBlocked === 1,
    hasAllOrganizations: row.hasAllOrganizations === 1,
  };
}
