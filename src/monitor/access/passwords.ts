import { hash, verify } from "@node-rs/argon2";
import pLimit from "p-limit";
import { BusyError } from "../plugins/errors.ts";
import type { Attempt } from "./attempt-limit.ts";

const MIN_PASSWORD_LENGTH = 10;
const MAX_PASSWORD_LENGTH = 200;

/** Each takes 19 MiB and a thread of the pool that files and DNS need too. */
const AT_ONCE = 2;
const MAX_WAITING = 20;
const RETRY_AFTER_SECONDS = 5;

/** With argon2id (19 MiB, 2 passes, as OWASP recommends). @throws BusyError when too many passwords wait already. */
export async function hashPassword(password: string): Promise<string> {
  return await inTurn(() => hash(password));
}

/**
 * The attempt is given back when the password is right or could not be checked. Without a hash (no such user) it takes as
 * long as a wrong password.
 * @throws BusyError when too many passwords wait already.
 */
export async function isGuessRight(
  guess: Attempt,
  passwordHash: string | null,
  password: string,
): Promise<boolean> {
  let isWrong = false;
  try {
    const known = passwordHash ?? (await hashOfNobody);
    const isRight = await inTurn(() => verify(known, password.slice(0, MAX_PASSWORD_LENGTH)));
    isWrong = !isRight || passwordHash === null;
    return !isWrong;
  } finally {
    if (!isWrong) await guess.giveBack();
  }
}

const hashOfNobody = hash("nobody has this password");
const queue = pLimit(AT_ONCE);

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (queue.activeCount + queue.pendingCount >= AT_ONCE + MAX_WAITING) {
    throw new BusyError("passwords", RETRY_AFTER_SECONDS);
  }
  return await queue(work);
}

/** @returns null when the password will do. */
export function findPasswordProblem(
  login: string,
  password: string,
): "tooShort" | "tooLong" | "isLogin" | null {
  if ([...password].length < MIN_PASSWORD_LENGTH) return "tooShort";
  if (password.length > MAX_PASSWORD_LENGTH) return "tooLong";
  return password.toLowerCase() === login.toLowerCase() ? "isLogin" : null;
}

/** @returns the keys of all that is wrong, by field: `password` and `repeated`. */
export function findPasswordProblems(
  login: string,
  { password, repeated }: { password: string; repeated: string },
): Record<string, string> {
  const problem = findPasswordProblem(login, password);
  return {
    ...(problem && { password: `password.problem.${problem}` }),
    ...(password !== repeated && { repeated: "password.problem.differs" }),
  };
}
