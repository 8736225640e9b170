import type { CommandErrorCode } from "../../protocol/command-errors.ts";
import type { CommandError } from "../../protocol/commands.ts";
import { errorText } from "../../protocol/error-text.ts";

/** A command that cannot go on, as the monitor is told. */
export class CommandFailedError extends Error {
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Describes what went wrong; errors that have no name of their own get `fallback`. */
export function toCommandError(error: unknown, fallback: CommandErrorCode): CommandError {
  if (error instanceof CommandFailedError) return { error: error.code, message: error.message };
  return { error: fallback, message: errorText(error) };
}
