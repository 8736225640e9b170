/** Without what is set for the tests themselves: the demo decides by some of it what it does. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, npm_command: _command, DATA_DIR: _folder, ...plain } = process.env;
  return plain;
}
