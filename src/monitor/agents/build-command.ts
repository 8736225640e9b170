/** The line that builds the package of the agent and its update into a folder, on Linux with the sources of Poswatch. */
export function buildCommand(folder: string): string {
  return `npm run build:agent -- --to ${quoted(folder)} --signing-key ~/poswatch-update.key`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
