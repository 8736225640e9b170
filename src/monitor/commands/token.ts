import { parseArgs } from "node:util";
import { lacksOrganizations, ownFields, readScopes, SCOPES } from "../access/api-tokens.ts";
import { addToken, listTokens, MAX_NAME_LENGTH, removeToken } from "../access/stored-tokens.ts";
import type { Db } from "../database/schema.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { readId } from "../forms/fields.ts";
import { callOf } from "../translations/call-of.ts";
import { OWNER, runCommand, withDatabase } from "./command-line.ts";

const MAX_DAYS = 3_650;
const USUAL_DAYS = 90;

const USAGE = `Tokens for programs that use the API of Poswatch, for the owner of the machine; safe while the server runs.

  ${callOf("token")} create NAME [--scopes read,poll] [--days ${USUAL_DAYS}] [--organizations ID,ID]
  ${callOf("token")} list
  ${callOf("token")} remove ID

create prints the token, which is shown only this once. Scopes: ${SCOPES.join(", ")}; read alone unless told. Without
--organizations it sees all of them. At most ${MAX_DAYS} days.
`;

interface Options {
  scopes: string;
  days: string;
  organizations?: string | undefined;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scopes: { type: "string", default: "read" },
      days: { type: "string", default: String(USUAL_DAYS) },
      organizations: { type: "string" },
    },
  });
  const [command, ...words] = positionals;
  const run = findCommand(command, words.join(" ").trim(), values);
  await withDatabase(async ({ db }) => {
    process.stdout.write(`${await run(db)}\n`);
  });
}

function findCommand(
  command: string | undefined,
  argument: string,
  options: Options,
): (db: Db) => Promise<string> {
  if (command === "list" && argument === "") return describeTokens;
  if (command === "create" && argument !== "") return (db) => create(db, argument, options);
  const id = readId(argument);
  if (command === "remove" && id !== null) return (db) => remove(db, id);
  throw new Error(USAGE);
}

async function create(db: Db, name: string, options: Options): Promise<string> {
  const scopes = readScopes(options.scopes.split(","));
  const days = readId(options.days);
  const ids = options.organizations?.split(",").map(readId) ?? [];
  const rights = { hasAll: options.organizations === undefined, organizationIds: new Set(ids.map(Number)) };
  if (name.length > MAX_NAME_LENGTH)
    throw new Error(`The name is too long: at most ${MAX_NAME_LENGTH} characters.`);
  if (scopes === null) throw new Error(`--scopes has some of ${SCOPES.join(",")}, separated by commas.`);
  if (days === null || days > MAX_DAYS) throw new Error(`--days is a number from 1 to ${MAX_DAYS}.`);
  if (ids.includes(null)) throw new Error("--organizations has ids, separated by commas.");
  const known = new Set((await listOrganizations(db, "all")).map(({ id }) => id));
  const unknown = ids.filter((id) => id !== null && !known.has(id));
  if (unknown.length > 0)
    throw new Error(
      `There is no organization ${unknown.join(", ")}. Ids, which are no CrmIds, stand in the addresses of their pages.`,
    );
  if (lacksOrganizations({ scopes, rights })) throw new Error("The scope import needs all organizations.");
  const token = await addToken(db, OWNER, "api", { name, rights, days, ...ownFields(scopes) }, Date.now());
  if (token === null) throw new Error("None of these organizations is there.");
  return token;
}

async function describeTokens(db: Db): Promise<string> {
  const tokens = await listTokens(db, "api");
  const lines = tokens.map(({ id, name, scopes, organizations, endsAt, userName, isDead }) => {
    const places = organizations === "all" ? "all organizations" : organizations.join(", ");
    const end = `${isDead ? "dead; " : ""}until ${new Date(endsAt).toISOString()}`;
    return [id, name, scopes?.replaceAll(" ", ","), places, end, userName].join("\t");
  });
  return lines.length > 0 ? lines.join("\n") : "There are no tokens yet.";
}

async function remove(db: Db, id: number): Promise<string> {
  if (!(await removeToken(db, OWNER, "api", id, Date.now()))) throw new Error(`There is no token ${id}.`);
  return `The token ${id} opens nothing any more.`;
}

runCommand(USAGE, main);
