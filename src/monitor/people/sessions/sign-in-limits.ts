import { type Attempt, createAttemptLimit } from "../registry/attempt-limit.ts";

const GUESSES_BY_ADDRESS = 20;
const GUESSES_BY_LOGIN = 10;
const GUESSES_FROM_KNOWN_ADDRESS = 10;

/** Limits the wrong passwords of a quarter of an hour. */
export interface SignInLimits {
  /**
   * Counts a guess before it is checked. Where the user has signed in before, only guesses at their login from there
   * count: nobody can lock a user out, neither from elsewhere nor by other logins from the same address.
   * @returns null when there were too many.
   */
  take(address: string, login: string, isKnownAddress: boolean): Promise<Attempt | null>;
}

export function createSignInLimits(): SignInLimits {
  const byAddress = createAttemptLimit(GUESSES_BY_ADDRESS);
  const byLogin = createAttemptLimit(GUESSES_BY_LOGIN);
  const fromKnownAddress = createAttemptLimit(GUESSES_FROM_KNOWN_ADDRESS);

  return {
    async take(address, login, isKnownAddress) {
      if (isKnownAddress) return await fromKnownAddress.take(`${address} ${login}`);
      const ofAddress = await byAddress.take(address);
      if (!ofAddress) return null;
      const ofLogin = await byLogin.take(login);
      if (!ofLogin) {
        await ofAddress.giveBack();
        return null;
      }
      return {
        async giveBack() {
          await ofAddress.giveBack();
          await ofLogin.giveBack();
        },
      };
    },
  };
}
