import { rm } from "node:fs/promises";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { type EnrolmentCode, parseEnrolmentCode } from "../../protocol/enrolment-code.ts";
import { errorText } from "../../protocol/error-text.ts";
import { Sha256 } from "../../protocol/sha256.ts";
import type { AgentConfig } from "../config/config.ts";
import type { DialOutTarget } from "../dial-out/open-socket.ts";
import { readJsonFile } from "../files/read-json-file.ts";
import { writeFileAtomically } from "../files/write-file-atomically.ts";
import { isUnderHost } from "../machine/service-host.ts";

const MONITOR_FILE = "monitor.json";
const CODE_FILE = "enrolment-code.json";
const DEFAULT_PORT = 8443;

/** The monitor that has let this agent in. */
const Enrolment = Type.Object({
  /** Whom it has let in: what a disk was copied with counts for nobody else. */
  posServerId: Type.String({ minLength: 36, maxLength: 36 }),
  monitor: Type.String({ pattern: "^https?://" }),
  /** Of its public key: those of the code, or those that it has announced since. */
  pins: Type.Array(Sha256),
  /** Whether the system's authorities may vouch for it too. */
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

/** Reads who has let an agent in, whichever agent that was; null = nobody has. @throws likewise. */
export async function readEnrolment(stateDirectory: string): Promise<Enrolment | null> {
  return await readKept(join(stateDirectory, MONITOR_FILE), (content) =>
    Value.Check(Enrolment, content) ? content : null,
  );
}

/** Keeps who has let it in, in a file that only its owner reads. */
export async function saveEnrolment(stateDirectory: string, enrolment: Enrolment): Promise<void> {
  const content = `${JSON.stringify(enrolment, null, 2)}\n`;
  await writeFileAtomically(join(stateDirectory, MONITOR_FILE), content, 0o600);
}

/** What of it counts for an agent: nothing where another one was let in. */
export function enrolmentOf(posServerId: string | null, stored: Enrolment | null): Enrolment | null {
  return stored?.posServerId === posServerId ? stored : null;
}

/** Reads the code with which the running agent is still to ask; null = it has nothing to ask for. @throws likewise. */
export async function readWaitingCode(stateDirectory: string): Promise<EnrolmentCode | null> {
  return await readKept(join(stateDirectory, CODE_FILE), (content) =>
    Value.Check(WaitingCode, content) ? parseEnrolmentCode(content.code) : null,
  );
}

/** Leaves a code, which is a secret, to the running agent, in place of the one before. */
export async function saveWaitingCode(stateDirectory: string, code: string): Promise<void> {
  await writeFileAtomically(join(stateDirectory, CODE_FILE), `${JSON.stringify({ code })}\n`, 0o600);
}

/** Forgets it, once there is an answer for good. */
export async function dropWaitingCode(stateDirectory: string): Promise<void> {
  await rm(join(stateDirectory, CODE_FILE), { force: true });
}

/** How an agent stands with a monitor. */
export interface Standing {
  /** Who has let it in; null = nobody. */
  enrolment: Enrolment | null;
  /** The monitor that has let in another agent, whose files these were; null = there is none. */
  elsewhere: Enrolment | null;
  /** The monitor that it still asks to be let in, or why the code for that cannot be read; null = it asks none. */
  asks: { monitor: string } | { problem: string } | null;
}

/**
 * Reads how an agent stands.
 * @param posServerId null = it has no identity yet.
 * @throws when what is kept of the monitor that has let it in cannot be read or is damaged.
 */
export async function readStanding(stateDirectory: string, posServerId: string | null): Promise<Standing> {
  const stored = await readEnrolment(stateDirectory);
  const enrolment = enrolmentOf(posServerId, stored);
  const asks = await readWaitingCode(stateDirectory).then(
    (code) => code && { monitor: code.monitor },
    (error: unknown) => ({ problem: errorText(error) }),
  );
  return { enrolment, elsewhere: enrolment ? null : stored, asks };
}

/**
 * Decides where to dial out to: where the configuration says, else to whoever has let the agent in. Keys of the code count for the
 * monitor of the code alone, beside those of the configuration; authorities, only where neither of them says otherwise.
 * @param enrolment of this agent.
 * @returns null where there is nobody to dial.
 */
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

/**
 * The port to listen at: the one that is named, or 8443 where nothing says that the agent dials out; null = none.
 * @param isInstalled as a service of Windows it listens only at a port that is named.
 */
export function choosePort(
  { port, dialOut }: Pick<AgentConfig, "port" | "dialOut">,
  { enrolment, asks }: Pick<Standing, "enrolment" | "asks">,
  isInstalled = isUnderHost(),
): number | null {
  const dialsOut = dialOut !== null || enrolment !== null || asks !== null;
  return port ?? (dialsOut || isInstalled ? null : DEFAULT_PORT);
}
