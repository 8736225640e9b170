/** How long a mail may take. */
export interface EmailLimits {
  /** Name lookup and connection. */
  connectTimeoutMs: number;
  /** Until the server says hello, and for its TLS handshake. */
  greetingTimeoutMs: number;
  /** All of it. */
  sendTimeoutMs: number;
}

export const EMAIL_LIMITS: EmailLimits = {
  connectTimeoutMs: 5_000,
  greetingTimeoutMs: 15_000,
  sendTimeoutMs: 30_000,
};
