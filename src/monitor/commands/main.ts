/** `poswatch COMMAND`, from the sources `npm run COMMAND`. */
const COMMANDS: Record<string, () => Promise<unknown>> = {
  serve: () => import("./serve.ts"),
  backup: () => import("./backup.ts"),
  restore: () => import("./restore.ts"),
  user: () => import("./user.ts"),
  register: () => import("./register.ts"),
};

const USAGE = `Poswatch watches the POS servers of a restaurant chain and repairs them from afar.

  poswatch serve      runs it until SIGTERM, or Ctrl-C
  poswatch backup     makes a backup, also while it runs
  poswatch restore    puts a backup in the place of the data
  poswatch user       manages users
  poswatch register   adds a POS server

poswatch COMMAND --help says more.
`;

// The database, the key, archives and backups are for this user only.
process.umask(0o077);
const [name = "--help"] = process.argv.splice(2, 1);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command) await command();
else if (name === "--help" || name === "-h") process.stdout.write(USAGE);
else {
  process.stderr.write(`There is no command ${name}.\n\n${USAGE}`);
  process.exitCode = 2;
}
