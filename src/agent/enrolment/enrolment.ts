import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { Sha256 } from "../../protocol/sha256.ts";
import { readJsonFile } from "../files/read-json-file.ts";
import { writeFileAtomically } from "../files/write-file-atomically.ts";

const FILE = "monitor.json";

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

const validator = Compile(Enrolment);

/**
 * Reads who has let an agent in, whichever agent that was.
 * @returns null when nobody has.
 * @throws when the file cannot be read or is damaged.
 */
export async function readEnrolment(stateDirectory: string): Promise<Enrolment | null> {
  const file = join(stateDirectory, FILE);
  const found = await readJsonFile(file);
  if (!found) return null;
  const { content } = found;
  if (validator.Check(content)) return content;
  throw new Error(`${file} is damaged. Delete it and enroll the agent again with a new code.`);
}

/** Keeps who has let it in, in a file that only its owner reads. */
export async function saveEnrolment(stateDirectory: string, enrolment: Enrolment): Promise<void> {
  await writeFileAtomically(join(stateDirectory, FILE), `${JSON.stringify(enrolment, null, 2)}\n`, 0o600);
}

/** What of it counts for an agent: nothing where another one was let in. */
export function enrolmentOf(posServerId: string | null, stored: Enrolment | null): Enrolment | null {
  return stored?.posServerId === posServerId ? stored : null;
}
