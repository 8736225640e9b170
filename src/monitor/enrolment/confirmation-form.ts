import type { Confirmation } from "../forms/confirmation.ts";
import { fieldsOf } from "../forms/field-model.ts";
import { textFields } from "../forms/fields.ts";
import { readId } from "../forms/id.ts";
import type { ActiveOrganization } from "../organizations/registry/active-organizations.ts";
import { findNameProblem, MAX_NAME_LENGTH, readName } from "../organizations/registry/names.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { ENROLMENTS_URL } from "./addresses.ts";
import { organizationChoices } from "./choices.ts";
import type { AwaitedEnrolment, ConfirmationProblem } from "./decide-enrolment.ts";
import type { PlaceInRegistry } from "./let-in.ts";

/** What was chosen and typed, and what is wrong with it: keys of the catalogs, by field. */
export interface ConfirmationForm {
  typed: Record<"organization" | "posServer" | "name", string>;
  problems: Record<string, string>;
}

/** Reads who an agent is to be; without problems there is what to do. */
export function readConfirmationForm(body: unknown): ConfirmationForm & { wanted: PlaceInRegistry | null } {
  const typed = textFields(body, ["organization", "posServer", "name"]);
  const organizationId = readId(typed.organization);
  const posServerId = typed.posServer === "" ? null : readId(typed.posServer);
  const name = readName(typed.name);
  const nameProblem = posServerId === null ? findNameProblem(name) : null;
  const problems = {
    ...(organizationId === null && { organization: "form.required" }),
    ...(typed.posServer !== "" && posServerId === null && { posServer: "enrolment.problem.no_pos_server" }),
    ...(nameProblem && { name: nameProblem }),
  };
  const isRight = Object.keys(problems).length === 0 && organizationId !== null;
  return { typed, problems, wanted: isRight ? { organizationId, posServerId, name } : null };
}

/** Which field a problem is beside; null = the agent is gone, and with it the form. */
export const FIELD_OF_PROBLEM: Record<ConfirmationProblem, keyof ConfirmationForm["typed"] | null> = {
  gone: null,
  no_organization: "organization",
  other_crm_id: "organization",
  name_taken: "name",
  no_pos_server: "posServer",
  identity_taken: "posServer",
};

/** POS servers whose place an agent may take. */
export interface PlaceToTake {
  id: number;
  name: string;
}

export function confirmationModel(
  { t, format }: Viewer,
  awaited: AwaitedEnrolment,
  { typed, problems }: ConfirmationForm,
  { organizations, places }: { organizations: readonly ActiveOrganization[]; places: readonly PlaceToTake[] },
  now: number,
) {
  const { id, host, address, crmId, version, askedAt, calledAt } = awaited;
  const chosen = organizations.find((organization) => String(organization.id) === typed.organization);
  // An agent that says its CrmId belongs to one organization alone: there is nothing to choose.
  const into = crmId === null ? chosen : organizations.find((organization) => organization.crmId === crmId);
  const field = fieldsOf(t, {
    typed,
    problems,
    limits: { maxLength: MAX_NAME_LENGTH, agentCrmId: crmId ?? "", otherCrmId: chosen?.crmId ?? "" },
  });
  const organization = field("organization", { label: t("enrolment.organization") });
  return {
    path: `${ENROLMENTS_URL}/agents/${id}/confirmation`,
    host,
    change: calledAt && t("enrolment.change", { address: calledAt }),
    hasProblems: Object.keys(problems).length > 0,
    facts: [
      { title: t("enrolment.fact.crmId"), text: crmId ?? t("enrolment.crmIdUnknown") },
      { title: t("enrolment.fact.version"), text: version ?? t("enrolment.versionUnknown") },
      { title: t("enrolment.fact.address"), text: address },
      { title: t("enrolment.fact.askedAt"), text: format.time(askedAt, now) },
    ],
    /** Chosen first: it decides which POS servers there are. null = the agent has said it. */
    organization:
      crmId === null
        ? {
            ...organization,
            options: organizationChoices(
              organizations,
              typed.organization,
              t("enrolment.chooseOrganization"),
            ),
          }
        : null,
    organizationProblem: crmId === null ? null : organization.problem,
    organizationId: into?.id ?? null,
    /** null = nothing else is asked yet. */
    organizationName: into?.name ?? null,
    addOrganizationUrl:
      crmId === null || into ? null : `/organizations/new?crmId=${encodeURIComponent(crmId)}&enrolment=${id}`,
    posServer: {
      ...field("posServer", { label: t("enrolment.place"), hint: t("enrolment.placeHint") }),
      options: [
        { value: "", text: t("enrolment.newPosServer"), isChosen: typed.posServer === "" },
        ...places.map((place) => ({
          value: String(place.id),
          text: place.name,
          isChosen: String(place.id) === typed.posServer,
        })),
      ],
    },
    name: field("name", { label: t("enrolment.name"), hint: t("enrolment.nameHint") }),
  };
}

/** What is asked before an agent is sent away that waits. */
export function refusalConfirmation({ t }: Viewer, { id, host, address }: AwaitedEnrolment): Confirmation {
  return {
    title: t("enrolment.refusal.title", { host }),
    subtitle: t("enrolment.from", { address }),
    texts: [t("enrolment.refusal.text"), t("enrolment.refusal.wayBack")],
    problem: null,
    path: `${ENROLMENTS_URL}/agents/${id}/refusal`,
    sends: { name: "refused", value: "yes" },
    submit: t("enrolment.refuse"),
    isDanger: true,
    backUrl: ENROLMENTS_URL,
  };
}
