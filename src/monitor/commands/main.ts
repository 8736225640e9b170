import { existsSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { resolve } from "node:path";
import { COMPILED } from "../installer/places.ts";
import { becomeOwner } from "./as-root.ts";

/** `poswatch COMMAND`, from the sources `npm run COMMAND`. */
const COMMANDS: Record<string, () => Promise<unknown>> = {
  serve: () => import("./serve.ts"),
  backup: () => import("./backup.ts"),
  restore: () => import("./restore.ts"),
  user: () => import("./user.ts"),
  token: () => import("./token.ts"),
  register: () => import("./register.ts"),
  tls: () => import("./tls.ts"),
  doctor: () => import("./doctor.ts"),
  support: () => import("./support.ts"),
  mask: () => import("./mask.ts"),
  install: () => import("./install.ts"),
  uninstall: () => import("./uninstall.ts"),
};
/** They change the system, or read its journal or a file of root; the others are about the data, whose owner they act as. */
const AS_ROOT = ["install", "uninstall", "support", "mask"];
/** They are told of files that only root may reach. */
const PARTLY_AS_ROOT = ["backup", "restore"];

const USAGE = `Poswatch watches the POS servers of a restaurant chain and repairs them from afar.

  poswatch serve      runs it until SIGTERM, or Ctrl-C
  poswatch backup     makes a backup, also while it runs
  poswatch restore    puts a backup in the place of the data
  poswatch user       manages users
  poswatch token      manages tokens for programs that use the API
  poswatch register   adds a POS server
  poswatch tls        says who encrypts what agents send
  poswatch doctor     looks at everything that it needs, and says what is wrong
  poswatch support    collects what helps those who support it
  poswatch mask       prints a log as Poswatch shows it: guests and secrets hidden
  poswatch install    has the system run it as a service; or takes this version in the place of one that runs
  poswatch uninstall  takes the service and the program away

poswatch COMMAND --help says more.
`;

// The database, the key, archives and backups are for this user only.
process.umask(0o077);
const [name = "--help"] = process.argv.splice(2, 1);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command && !AS_ROOT.includes(name)) becomeOwner(process.env, !PARTLY_AS_ROOT.includes(name));
if (name === "serve") keepCompiled(process.env.DATA_DIR || "data");
if (command) await command();
else if (name === "--help" || name === "-h") process.stdout.write(USAGE);
else {
  process.stderr.write(`There is no command ${name}.\n\n${USAGE}`);
  process.exitCode = 2;
}

/** What is compiled once starts a third faster, in workers too; the folder may be deleted. */
function keepCompiled(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  process.env.NODE_COMPILE_CACHE ??= resolve(dataDir, COMPILED);
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}
