import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { Nullable } from "../../protocol/field-types.ts";
import { parseJson } from "../../protocol/parse-json.ts";
import { describeFailure, runCommand } from "./run-command.ts";

const ASK_WITHIN_MS = 10_000;
/** Windows may have to fetch a proxy script first. */
const ASK_PROXY_WITHIN_MS = 8_000;

/** What the native host prints about a service, as one line of JSON. */
const HostFacts = Type.Object({
  /** `dwCurrentState` of Windows; 0 = not installed. */
  state: Type.Integer(),
  name: Type.String(),
  processId: Nullable(Type.Integer()),
  /** ms UTC. */
  startedAt: Nullable(Type.Integer()),
  account: Nullable(Type.String()),
  /** The profile folder of that account. */
  profile: Nullable(Type.String()),
});
type HostFacts = Static<typeof HostFacts>;

/** About the first installed one of these services; if none is, about the first. @throws when there is no answer. */
export async function askHost(
  host: string,
  names: readonly string[],
  timeoutMs = ASK_WITHIN_MS,
): Promise<HostFacts> {
  const result = await runCommand([host, "service-state", ...names], timeoutMs);
  const facts = parseJson(result.output);
  if (result.exitCode === 0 && Value.Check(HostFacts, facts)) return facts;
  throw new Error(describeFailure("poswatch-agent.exe", result));
}

/** Accounts besides administrators that can read a folder, separated by commas; empty = none. @throws like `askHost`. */
export function askFolderAccess(host: string, folder: string): Promise<string> {
  return askForLine([host, "folder-access", folder]);
}

/** The proxy that Windows uses for an address, `host:port`; empty = none. @throws like `askHost`. */
export function askSystemProxy(host: string, url: string): Promise<string> {
  return askForLine([host, "proxy-for", url], ASK_PROXY_WITHIN_MS);
}

/** Minutes that Windows is ahead of UTC now. @throws like `askHost`. */
export async function askUtcOffset(host: string): Promise<number> {
  const line = await askForLine([host, "utc-offset"]);
  if (/^-?\d{1,4}$/.test(line)) return Number(line);
  throw new Error(`poswatch-agent.exe said ${line}`);
}

async function askForLine(commandLine: readonly string[], timeoutMs = ASK_WITHIN_MS): Promise<string> {
  const result = await runCommand(commandLine, timeoutMs);
  if (result.exitCode === 0) return result.output.trim();
  throw new Error(describeFailure("poswatch-agent.exe", result));
}
