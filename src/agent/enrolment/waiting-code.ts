import { rm } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { type EnrolmentCode, parseEnrolmentCode } from "../../protocol/enrolment-code.ts";
import { readJsonFile } from "../files/read-json-file.ts";
import { writeFileAtomically } from "../files/write-file-atomically.ts";

const FILE = "enrolment-code.json";
const WaitingCode = Type.Object({ code: Type.String() });

/**
 * Reads the code with which the running agent is still to ask.
 * @returns null when it has nothing to ask for.
 * @throws when the file cannot be read or is damaged.
 */
export async function readWaitingCode(stateDirectory: string): Promise<EnrolmentCode | null> {
  const file = join(stateDirectory, FILE);
  const found = await readJsonFile(file);
  if (!found) return null;
  const code = Value.Check(WaitingCode, found.content) ? parseEnrolmentCode(found.content.code) : null;
  if (code) return code;
  throw new Error(`${file} is damaged. Delete it and enroll the agent again with a new code.`);
}

/** Leaves a code, which is a secret, to the running agent, in place of the one before. */
export async function saveWaitingCode(stateDirectory: string, code: string): Promise<void> {
  await writeFileAtomically(join(stateDirectory, FILE), `${JSON.stringify({ code })}\n`, 0o600);
}

/** Forgets it, once there is an answer for good. */
export async function dropWaitingCode(stateDirectory: string): Promise<void> {
  await rm(join(stateDirectory, FILE), { force: true });
}
