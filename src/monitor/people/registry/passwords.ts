import { hash, verify } from "@node-rs/argon2";

export const MIN_PASSWORD_LENGTH = 10;
export const MAX_PASSWORD_LENGTH = 200;

/** Hashes with argon2id and the library's parameters (19 MiB, 2 passes, as OWASP recommends). */
export async function hashPassword(password: string): Promise<string> {
  return await hash(password);
}

/** Takes as long for an unknown user (no hash) as for a wrong password, and is false for both. */
export async function isPasswordRight(passwordHash: string | null, password: string): Promise<boolean> {
  const known = passwordHash ?? (await hashOfNobody);
  const isRight = await verify(known, password.slice(0, MAX_PASSWORD_LENGTH));
  return passwordHash !== null && isRight;
}

const hashOfNobody = hashPassword("nobody has this password");

export type PasswordProblem = "tooShort" | "tooLong" | "isLogin" | "differs";

/** Checks a new password that was typed twice. @returns null when it will do. */
export function findPasswordProblem(
  login: string,
  password: string,
  repeated: string,
): PasswordProblem | null {
  if ([...password].length < MIN_PASSWORD_LENGTH) return "tooShort";
  if (password.length > MAX_PASSWORD_LENGTH) return "tooLong";
  if (password.toLowerCase() === login.toLowerCase()) return "isLogin";
  return password === repeated ? null : "differs";
}
