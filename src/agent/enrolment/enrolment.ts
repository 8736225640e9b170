import { rm } from "node:fs/promises";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { type EnrolmentCode, parseEnrolmentCode } from "../../protocol/enrolment.ts";
import { errorText } from "../../protocol/error-text.ts";
import { Sha256 } from "../../protocol/field-types.ts";
import { writeFileAtomically } from "../../protocol/files.ts";
import type { AgentConfig } from "../config/config.ts";
import type { DialOutTarget } from "../dial-out/open-socket.ts";
import { readJsonFile } from "../files/files.ts";
import { isUnderHost } from "../machine/service-host.ts";

const MONITOR_FILE = "monitor.json";
const CODE_FILE = "enrolment-code.json";
const DEFAULT_PORT = 8443;

const Enrolment = Type.Object({
  /** The agent that was let in: on a copied disk the file does not count. */
  posServerId: Type.String({ minLength: 36, maxLength: 36 }),
  monitor: Type.String({ pattern: "^https?://" }),
  /** The monitor's public keys: from the code, or announced later. */
  pins: Type.Array(Sha256),
  /** Whether a certificate that the system trusts is enough. */
  trustsAuthorities: Type.Boolean(),
});
export type Enrolment = Static<typeof Enrolment>;

const WaitingCode = Type.Object({ code: Type.String() });

/** @returns null when there is no such file. @throws when it cannot be read or is damaged. */
async function readKept<Kept>(file: string, read: (content: unknown) => Kept | null): Promise<Kept | null> {
  const found = await readJsonFile(file);
  const kept = found && read(found.content);
  if (!found || kept !== null) return kept;
  throw new Error(`${file} is damaged. Delete it and enroll the agent again with a new code.`);
}

/** The monitor that has let in this or an earlier agent; null without one. @throws like `readKept`. */
export async function readEnrolment(stateDirectory: string): Promise<Enrolment | null> {
  return await readKept(join(stateDirectory, MONITOR_FILE), (content) =>
    Value.Check(Enrolment, content) ? content : null,
  );
}

export async function saveEnrolment(stateDirectory: string, enrolment: Enrolment): Promise<void> {
  const content = `${JSON.stringify(enrolment, null, 2)}\n`;
  await writeFileAtomically(join(stateDirectory, MONITOR_FILE), content, 0o600);
}

export function enrolmentOf(posServerId: string | null, stored: Enrolment | null): Enrolment | null {
  return stored?.posServerId === posServerId ? stored : null;
}

/** The code that the running agent has yet to use; null without one. @throws like `readKept`. */
export async function readWaitingCode(stateDirectory: string): Promise<EnrolmentCode | null> {
  return await readKept(join(stateDirectory, CODE_FILE), (content) =>
    Value.Check(WaitingCode, content) ? parseEnrolmentCode(content.code) : null,
  );
}

/** Leaves a code, a secret, to the running agent; replaces the one before. */
export async function saveWaitingCode(stateDirectory: string, code: string): Promise<void> {
  await writeFileAtomically(join(stateDirectory, CODE_FILE), `${JSON.stringify({ code })}\n`, 0o600);
}

export async function dropWaitingCode(stateDirectory: string): Promise<void> {
  await rm(join(stateDirectory, CODE_FILE), { force: true });
}

type Standing = Awaited<ReturnType<typeof readStanding>>;

/**
 * @param posServerId null = the agent has no identity yet.
 * @returns `elsewhere`: the monitor that has let in another agent with these files; `asks`: the monitor that the agent is
 * asking, or why the code cannot be read. @throws when the stored monitor cannot be read.
 */
export async function readStanding(stateDirectory: string, posServerId: string | null) {
  const stored = await readEnrolment(stateDirectory);
  const enrolment = enrolmentOf(posServerId, stored);
  const asks = await readWaitingCode(stateDirectory).then(
    (code) => code && { monitor: code.monitor },
    (error: unknown) => ({ problem: errorText(error) }),
  );
  return { enrolment, elsewhere: enrolment ? null : stored, asks };
}

/** null without a monitor. The enrolment's keys count only for its own monitor; certificates count only without any keys. */
export function chooseTarget(
  { dialOut }: Pick<AgentConfig, "dialOut">,
  enrolment: Enrolment | null,
): DialOutTarget | null {
  const monitor = dialOut?.monitor ?? enrolment?.monitor;
  if (!monitor) return null;
  const letIn = enrolment?.monitor === monitor ? enrolment : null;
  const configured = dialOut?.pins ?? [];
  return {
    monitor,
    pins: [...configured, ...(letIn?.pins ?? [])],
    trustsAuthorities: configured.length === 0 && (letIn?.trustsAuthorities ?? true),
    proxy: dialOut?.proxy ?? null,
  };
}

/** null = none. A service of Windows (`isInstalled`) listens only at a configured port. */
export function choosePort(
  { port, dialOut }: Pick<AgentConfig, "port" | "dialOut">,
  { enrolment, asks }: Pick<Standing, "enrolment" | "asks">,
  isInstalled = isUnderHost(),
): number | null {
  const dialsOut = dialOut !== null || enrolment !== null || asks !== null;
  return port ?? (dialsOut || isInstalled ? null : DEFAULT_PORT);
}
