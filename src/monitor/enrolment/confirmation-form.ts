import { type StaticDecode, Type } from "typebox";
import { type Choice, type Confirmation, fieldsOf } from "../forms/field-model.ts";
import { readForm, readId, Text } from "../forms/fields.ts";
import { findNameProblem, MAX_NAME_LENGTH, readName } from "../registry/names.ts";
import type { ActiveOrganization } from "../registry/organizations.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { ENROLMENTS_URL } from "./addresses.ts";
import { organizationChoices } from "./code-form.ts";
import type { AwaitedEnrolment, ConfirmationProblem } from "./decide-enrolment.ts";
import type { PlaceInRegistry } from "./let-in.ts";

const PlaceForm = Type.Object({ organization: Text, posServer: Text, name: Text });

/** As filled in. `problems`: keys of the catalogs, by field. */
export interface ConfirmationForm {
  typed: StaticDecode<typeof PlaceForm>;
  problems: Record<string, string>;
}

/** Reads which POS server an agent becomes. @returns `wanted`: null when there are problems. */
export function readConfirmationForm(body: unknown): ConfirmationForm & { wanted: PlaceInRegistry | null } {
  const typed = readForm(PlaceForm, body);
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

/** null = the agent is gone, and with it the form. */
export const FIELD_OF_PROBLEM: Record<ConfirmationProblem, keyof ConfirmationForm["typed"] | null> = {
  gone: null,
  no_organization: "organization",
  other_crm_id: "organization",
  name_taken: "name",
  no_pos_server: "posServer",
  identity_taken: "posServer",
};

/** @param places POS servers whose place the agent may take. */
export function confirmationModel(
  { t, format }: Viewer,
  awaited: AwaitedEnrolment,
  { typed, problems }: ConfirmationForm,
  organizations: readonly ActiveOrganization[],
  places: readonly { id: number; name: string }[],
  now: number,
) {
  const { id, host, address, crmId, version, askedAt, calledAt } = awaited;
  const chosen = organizations.find((organization) => String(organization.id) === typed.organization);
  // An agent's CrmId decides alone.
  const into = crmId === null ? chosen : organizations.find((organization) => organization.crmId === crmId);
  const field = fieldsOf(t, {
    typed,
    problems,
    limits: { maxLength: MAX_NAME_LENGTH, agentCrmId: crmId ?? "", otherCrmId: chosen?.crmId ?? "" },
  });
  const organization = field("organization", {
    label: t("posServers.column.organization"),
    choices: organizationChoices(organizations, t("enrolment.chooseOrganization")),
  });
  return {
    path: `${ENROLMENTS_URL}/agents/${id}/confirmation`,
    host,
    change: calledAt && t("enrolment.change", { address: calledAt }),
    hasProblems: Object.keys(problems).length > 0,
    facts: [
      { title: t("enrolment.crmId"), text: crmId ?? t("enrolment.crmIdUnknown") },
      { title: t("posServers.column.version"), text: version ?? t("posServers.versionUnknown") },
      { title: t("posServer.address"), text: address },
      { title: t("enrolment.column.askedAt"), text: format.time(askedAt, now) },
    ],
    /** Chosen first, since the POS servers depend on it; null = the agent's CrmId decides. */
    organization: crmId === null ? organization : null,
    organizationProblem: crmId === null ? null : organization.problem,
    organizationId: into?.id ?? null,
    organizationName: into?.name ?? null,
    addOrganizationUrl:
      crmId === null || into ? null : `/organizations/new?crmId=${encodeURIComponent(crmId)}&enrolment=${id}`,
    posServer: field("posServer", {
      label: t("enrolment.place"),
      hint: t("enrolment.placeHint"),
      choices: [["", t("enrolment.newPosServer")], ...places.map((place): Choice => [place.id, place.name])],
    }),
    name: field("name", { label: t("enrolment.name"), hint: t("enrolment.nameHint") }),
  };
}

export function refusalConfirmation({ t }: Viewer, { id, host, address }: AwaitedEnrolment): Confirmation {
  return {
    title: t("enrolment.refusal.title", { host }),
    subtitle: t("enrolment.from", { address }),
    texts: [t("enrolment.refusal.text"), t("enrolment.refusal.wayBack")],
    path: `${ENROLMENTS_URL}/agents/${id}/refusal`,
    submit: t("enrolment.refuse"),
    isDanger: true,
    backUrl: ENROLMENTS_URL,
  };
}
