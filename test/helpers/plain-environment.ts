/** Without what the test runner adds for child processes, which makes each of the demo's many small ones slow. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, npm_command: _command, DATA_DIR: _folder, ...plain } = process.env;
  return plain;
}
