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

/** Which accounts get at a folder beside administrators, with commas, empty = none. @throws likewise. */
export function askFolderAccess(host: string, folder: string, timeoutMs: number): Promise<string> {
  return askForLine([host, "folder-access", folder], timeoutMs);
}

/** Which proxy the settings of Windows have for an address, `host:port`, empty = none. @throws likewise. */
export function askSystemProxy(host: string, url: string, timeoutMs: number): Promise<string> {
  return askForLine([host, "proxy-for", url], timeoutMs);
}

/** How far the clock of Windows is ahead of UTC now, minutes. @throws likewise; hosts of before do not tell it. */
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
