import { type StaticDecode, Type } from "typebox";
import { DAY_MS } from "../../protocol/time-units.ts";
import type { Choice } from "../forms/field-model.ts";
import { readId, Text } from "../forms/fields.ts";
import type { ActiveOrganization } from "../registry/organizations.ts";
import type { RegisteredPosServer } from "../registry/pos-servers.ts";
import type { NewEnrolmentCode } from "./enrolment-codes.ts";

/** Days that a code is valid. */
export const LIFETIMES = [1, 7, 30] as const;
export const MOST_USES = 10_000;

export const NewCodeForm = Type.Object({ posServer: Text, organization: Text, uses: Text, days: Text });

/** As filled in. `problems`: keys of the catalogs, by field. */
export interface CodeForm {
  typed: StaticDecode<typeof NewCodeForm>;
  problems: Record<string, string>;
}

/**
 * @param posServer whose agent is to take its place, once; null = the form says for whom the code is.
 * @returns what to make, if nothing is wrong.
 */
export function checkCodeForm(
  typed: CodeForm["typed"],
  posServer: RegisteredPosServer | null,
): CodeForm & { wanted: (Omit<NewEnrolmentCode, "endsAt"> & { lifetimeMs: number }) | null } {
  const { problems, ...forWhom } = posServer
    ? { organizationId: posServer.organizationId, posServerId: posServer.id, maxUses: 1, problems: {} }
    : readForWhom(typed);
  const days = LIFETIMES.find((lifetime) => String(lifetime) === typed.days);
  if (days === undefined) {
    return { typed, problems: { ...problems, days: "enrolment.problem.days" }, wanted: null };
  }
  const isRight = Object.keys(problems).length === 0;
  return { typed, problems, wanted: isRight ? { ...forWhom, lifetimeMs: days * DAY_MS } : null };
}

function readForWhom({ organization, uses }: CodeForm["typed"]) {
  const maxUses = /^\d{1,6}$/.test(uses.trim()) ? Number(uses) : 0;
  const organizationId = organization === "" ? null : readId(organization);
  const isOrganizationWrong = organization !== "" && organizationId === null;
  return {
    organizationId,
    posServerId: null,
    maxUses,
    problems: {
      ...(isOrganizationWrong && { organization: "enrolment.problem.organization" }),
      ...((maxUses < 1 || maxUses > MOST_USES) && { uses: "enrolment.problem.uses" }),
    },
  };
}

/** @param first the text of the empty option. */
export function organizationChoices(organizations: readonly ActiveOrganization[], first: string): Choice[] {
  return [["", first], ...organizations.map(({ id, name, crmId }): Choice => [id, `${name}, ${crmId}`])];
}
