import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";

const DAY_MS = 86_400_000;
/** How long a code may let agents in, in days. */
export const LIFETIMES = [1, 7, 30] as const;
export const MOST_USES = 10_000;

/** What was chosen and typed, and what is wrong with it: keys of the catalogs, by field. */
export interface CodeForm {
  typed: Record<"organization" | "uses" | "days", string>;
  problems: Record<string, string>;
}

export interface WantedCode {
  /** null = by CrmId. */
  organizationId: number | null;
  maxUses: number;
  lifetimeMs: number;
}

/** Reads the form of a new code; without problems there is what to make. */
export function readCodeForm(body: unknown): CodeForm & { wanted: WantedCode | null } {
  const typed = textFields(body, ["organization", "uses", "days"]);
  const uses = typed.uses.trim();
  const maxUses = /^\d{1,6}$/.test(uses) ? Number(uses) : 0;
  const days = LIFETIMES.find((lifetime) => String(lifetime) === typed.days);
  const organizationId = typed.organization === "" ? null : readId(typed.organization);
  const isOrganizationWrong = typed.organization !== "" && organizationId === null;
  const problems = {
    ...(isOrganizationWrong && { organization: "enrolment.problem.organization" }),
    ...((maxUses < 1 || maxUses > MOST_USES) && { uses: "enrolment.problem.uses" }),
    ...(days === undefined && { days: "enrolment.problem.days" }),
  };
  const isRight = Object.keys(problems).length === 0 && days !== undefined;
  return {
    typed,
    problems,
    wanted: isRight ? { organizationId, maxUses, lifetimeMs: days * DAY_MS } : null,
  };
}
