import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { Nullable } from "../../protocol/field-types.ts";
import { parseJson } from "../../protocol/parse-json.ts";
import { describeFailure, runCommand } from "./run-command.ts";

/** What the native host of Windows tells of a service in one line of JSON. */
const HostFacts = Type.Object({
  /** `dwCurrentState` of Windows; 0 = it is not installed. */
  state: Type.Integer(),
  name: Type.String(),
  processId: Nullable(Type.Integer()),
  /** ms UTC. */
  startedAt: Nullable(Type.Integer()),
  account: Nullable(Type.String()),
  /** The folder of that account; hosts of before do not tell it. */
  profile: Type.Optional(Nullable(Type.String())),
});
type HostFacts = Static<typeof HostFacts>;

/**
 * Asks the native host what Windows knows of the first of these services that is installed, or of the first of all.
 * @throws with the reason when it does not tell.
 */
export async function askHost(host: string, names: readonly string[], timeoutMs: number): Promise<HostFacts> {
  const result = await runCommand([host, "service-state", ...names], timeoutMs);
  const facts = parseJson(result.output);
  if (result.exitCode === 0 && Value.Check(HostFacts, facts)) return facts;
  throw new Error(describeFailure("poswatch-agent.exe", result));
}

/**
 * Asks the native host which accounts get at a folder beside administrators.
 * @returns their names with commas, empty = none.
 * @throws with the reason when it does not tell.
 */
export function askFolderAccess(host: string, folder: string, timeoutMs: number): Promise<string> {
  return askForLine([host, "folder-access", folder], timeoutMs);
}

/**
 * Asks the native host which proxy the settings of Windows have for an address.
 * @returns `host:port`, empty = none.
 * @throws with the reason when it does not tell.
 */
export function askSystemProxy(host: string, url: string, timeoutMs: number): Promise<string> {
  return askForLine([host, "proxy-for", url], timeoutMs);
}

/**
 * Asks the native host how far the clock of Windows is ahead of UTC now, minutes.
 * @throws with the reason when it does not tell, as hosts of before do not.
 */
export async function askUtcOffset(host: string, timeoutMs: number): Promise<number> {
  const line = await askForLine([host, "utc-offset"], timeoutMs);
  if (/^-?\d{1,4}$/.test(line)) return Number(line);
  throw new Error(`poswatch-agent.exe said ${line}`);
}

async function askForLine(commandLine: readonly string[], timeoutMs: number): Promise<string> {
  const result = await runCommand(commandLine, timeoutMs);
  if (result.exitCode === 0) return result.output.trim();
  throw new Error(describeFailure("poswatch-agent.exe", result));
}
