import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createSyncLog } from "../../src/agent/sync-log/sync-log.ts";

const OUTCOMES = ["success", "failure", "nothing"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** An excerpt of a log, of one line or several, and what a person would say that it tells of an exchange. */
export interface Wording {
  id: number | string;
  truth: Outcome;
  text: string;
  format?: string;
}

/** How many were read as what, by what they are. */
export type Confusion = Record<Outcome, Record<Outcome, number>>;

/** Reads each excerpt as an agent with default settings reads a log that has nothing else. */
export async function readWordings(wordings: readonly Wording[]): Promise<(Wording & { said: Outcome })[]> {
  const read: (Wording & { said: Outcome })[] = [];
  for (const wording of wordings) read.push({ ...wording, said: await readAsLog(wording.text) });
  return read;
}

export function confusionOf(read: readonly (Wording & { said: Outcome })[]): Confusion {
  const row = (truth: Outcome) =>
    Object.fromEntries(
      OUTCOMES.map((said) => [said, read.filter((one) => one.truth === truth && one.said === said).length]),
    );
  return Object.fromEntries(OUTCOMES.map((truth) => [truth, row(truth)])) as Confusion;
}

/** @throws with the number of the line that is no wording. */
export function parseWordings(lines: string): Wording[] {
  return lines.split(/\r?\n/u).flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      const wording = JSON.parse(line) as Wording;
      if (typeof wording.text === "string" && OUTCOMES.includes(wording.truth)) return [wording];
    } catch {
      // Notified below.
    }
    throw new Error(`line ${index + 1} is no object with "truth" (${OUTCOMES.join(", ")}) and "text"`);
  });
}

async function readAsLog(text: string): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "wording-"));
  try {
    await writeFile(join(folder, "pos.log"), `${text}\n`);
    const { logs } = await parseAgentConfig({ dataDirectory: folder, logs: { directory: folder } }, "/");
    const { sync } = await createSyncLog(logs, 0, { set: () => {} }).read();
    if (sync.error) return "failure";
    return sync.lastSuccessAt === null ? "nothing" : "success";
  } finally {
    await rm(folder, { recursive: true });
  }
}
