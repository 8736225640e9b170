/** How a command can fail in the agent, in the order in which it can happen. */
export const COMMAND_ERRORS = [
  "no_database",
  "service_not_installed",
  "stop_timeout",
  "stop_failed",
  "database_in_use",
  "move_failed",
  "database_left",
  "start_timeout",
  "start_failed",
  "interrupted",
] as const;
export type CommandErrorCode = (typeof COMMAND_ERRORS)[number];
