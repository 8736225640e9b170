import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createEventCollector } from "../../src/agent/sync-log/event-collector.ts";
import { credibleTime, isLater } from "../../src/agent/sync-log/exchange-event.ts";
import { createLogReading } from "../../src/agent/sync-log/log-reading.ts";
import { createWorkBudget } from "../../src/agent/sync-log/work-budget.ts";

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

/** Reads each excerpt as an agent with default settings reads a log that has nothing else, but without a file. */
export const readWordings = (wordings: readonly Wording[]): (Wording & { said: Outcome })[] =>
  wordings.map((wording) => ({ ...wording, said: readExcerpt(wording.text) }));

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

const { logs } = await parseAgentConfig({ dataDirectory: "/data" }, "/");
const { matcher, timesOf } = createLogReading(logs, null, 0);
const now = Date.now();
const parseTime = timesOf({ name: "pos.log", createdAt: now, modifiedAt: now });

function readExcerpt(text: string): Outcome {
  const rules = { matcher, parseTime, now, budget: createWorkBudget(1_000) };
  const { addBlock, end, events } = createEventCollector({ modifiedAt: now }, "utf-8", rules);
  const bytes = Buffer.from(`${text}\n`);
  addBlock({ bytes, offset: 0, bytesRead: bytes.length });
  end();
  if (events.failed && isLater(events.failed, events.succeeded, now)) return "failure";
  return credibleTime(events.succeeded, now) === null ? "nothing" : "success";
}
