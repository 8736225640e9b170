import type { CommandError, CommandErrorCode } from "../../protocol/commands.ts";
import { errorText } from "../../protocol/error-text.ts";

/** Its message is reported to the monitor. */
export class CommandFailedError extends Error {
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function toCommandError(error: unknown, fallback: CommandErrorCode): CommandError {
  if (error instanceof CommandFailedError) return { error: error.code, message: error.message };
  return { error: fallback, message: errorText(error) };
}
