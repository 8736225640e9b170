const CONNECT_TIMEOUT_MS = 5_000;
const CALL_TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/** What one call of a bot may take, and what it trusts. */
export interface BotLimits {
  /** Until a connection stands; a proxy has as long again for each step of its own. */
  connectTimeoutMs: number;
  /** Until all of the answer is there, the connection included. */
  callTimeoutMs: number;
  maxAnswerBytes: number;
  /** PEM, instead of those of the system. */
  authorities: string;
}

export const BOT_LIMITS: BotLimits = {
  connectTimeoutMs: CONNECT_TIMEOUT_MS,
  callTimeoutMs: CALL_TIMEOUT_MS,
  maxAnswerBytes: MAX_ANSWER_BYTES,
  authorities: "",
};
