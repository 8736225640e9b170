import { RateLimiterMemory } from "rate-limiter-flexible";

const WINDOW_SECONDS = 15 * 60;
const FAILURES_BY_ADDRESS = 20;
const FAILURES_BY_LOGIN = 10;

/** Counts failed sign-ins of the last quarter of an hour, by address and by login. */
export interface SignInLimits {
  /**
   * Whether another guess is allowed. An address from which the user has signed in before is not held up by what others
   * do to the login: nobody can lock a user out.
   */
  isAllowed(address: string, login: string, isKnownAddress: boolean): Promise<boolean>;
  recordFailure(address: string, login: string): Promise<void>;
}

export function createSignInLimits(): SignInLimits {
  const byAddress = new RateLimiterMemory({ points: FAILURES_BY_ADDRESS, duration: WINDOW_SECONDS });
  const byLogin = new RateLimiterMemory({ points: FAILURES_BY_LOGIN, duration: WINDOW_SECONDS });
  const failures = async (limiter: RateLimiterMemory, key: string) =>
    (await limiter.get(key))?.consumedPoints ?? 0;

  return {
    async isAllowed(address, login, isKnownAddress) {
      if ((await failures(byAddress, address)) >= FAILURES_BY_ADDRESS) return false;
      return isKnownAddress || (await failures(byLogin, login)) < FAILURES_BY_LOGIN;
    },
    async recordFailure(address, login) {
      await byAddress.penalty(address);
      await byLogin.penalty(login);
    },
  };
}
