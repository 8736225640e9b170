import type { Confirmation } from "../forms/confirmation.ts";
import { fieldsOf } from "../forms/field-model.ts";
import type { ActiveOrganization } from "../organizations/registry/active-organizations.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { organizationChoices } from "./choices.ts";
import { type CodeForm, LIFETIMES, MOST_USES } from "./code-form.ts";
import type { AwaitedEnrolment } from "./decide-enrolment.ts";
import type { ListedEnrolmentCode } from "./enrolment-codes.ts";
import type { EnrolledAgent } from "./list-enrolled.ts";

export const ENROLMENTS_URL = "/enrolments";
const NOTHING = "—";

export interface KnownEnrolments {
  awaited: readonly AwaitedEnrolment[];
  codes: readonly ListedEnrolmentCode[];
  enrolled: readonly EnrolledAgent[];
}

/** What `/enrolments` shows: who waits, which codes let agents in, and who has come by them. */
export function enrolmentsModel({ t, format }: Viewer, known: KnownEnrolments, now: number) {
  const time = (at: number) => ({ iso: new Date(at).toISOString(), text: format.time(at, now) });
  return {
    awaited: known.awaited.map(({ id, host, address, crmId, version, askedAt, codeMadeBy }) => ({
      host,
      facts: [
        crmId === null ? t("enrolment.crmIdUnknown") : t("posServers.crmId", { crmId }),
        ...(version === null ? [] : [t("enrolment.version", { version })]),
        t("enrolment.from", { address }),
        t("enrolment.codeBy", { name: codeMadeBy }),
      ],
      askedAt: time(askedAt),
      confirmUrl: `${ENROLMENTS_URL}/agents/${id}/confirmation/new`,
      refuseUrl: `${ENROLMENTS_URL}/agents/${id}/refusal/new`,
      refuseLabel: t("enrolment.refuseNamed", { host }),
    })),
    codes: known.codes.map((code) => {
      const state = stateOf(code, now);
      return {
        organization: code.organizationName ?? t("enrolment.byCrmId"),
        uses: t("enrolment.uses", { uses: code.uses ?? 0, count: code.maxUses }),
        state: { name: state, text: t(`enrolment.state.${state}`) },
        endsAt: time(code.takenBackAt ?? code.endsAt),
        madeBy: code.madeBy,
        takeBackUrl: state === "open" ? `${ENROLMENTS_URL}/${code.id}/withdrawal/new` : null,
      };
    }),
    enrolled: known.enrolled.map(({ host, posServerId, name, organizationName, decidedBy, decidedAt }) => ({
      host,
      posServer: posServerId === null ? null : { url: `/pos-servers/${posServerId}`, name: name ?? host },
      organization: organizationName ?? NOTHING,
      decidedBy: decidedBy ?? t("enrolment.byItself"),
      decidedAt: decidedAt === null ? null : time(decidedAt),
    })),
  };
}

type CodeState = "open" | "used" | "ended" | "taken_back";

function stateOf({ takenBackAt, endsAt, uses, maxUses }: ListedEnrolmentCode, now: number): CodeState {
  if (takenBackAt !== null) return "taken_back";
  if ((uses ?? 0) >= maxUses) return "used";
  return endsAt <= now ? "ended" : "open";
}

/** What the form of a new code shows. */
export function newCodeModel(
  { t }: Viewer,
  { typed, problems }: CodeForm,
  organizations: readonly ActiveOrganization[],
) {
  const field = fieldsOf(t, { typed, problems, limits: { mostUses: MOST_USES } });
  return {
    hasProblems: Object.keys(problems).length > 0,
    organization: {
      ...field("organization", { label: t("enrolment.organization"), hint: t("enrolment.organizationHint") }),
      options: organizationChoices(organizations, typed.organization, t("enrolment.byCrmId")),
    },
    uses: field("uses", {
      label: t("enrolment.maxUses"),
      inputMode: "numeric",
      isRequired: true,
      hint: t("enrolment.maxUsesHint"),
    }),
    days: {
      ...field("days", { label: t("enrolment.lifetime") }),
      options: LIFETIMES.map((days) => ({
        value: String(days),
        text: t("enrolment.days", { count: days }),
        isChosen: String(days) === typed.days,
      })),
    },
  };
}

/** What is asked before a code is taken back. */
export function withdrawalConfirmation(
  { t, format }: Viewer,
  { id, createdAt }: { id: number; createdAt: number },
  now: number,
): Confirmation {
  return {
    title: t("enrolment.withdrawal.title"),
    subtitle: t("enrolment.withdrawal.subtitle", { time: format.time(createdAt, now) }),
    texts: [t("enrolment.withdrawal.text"), t("enrolment.withdrawal.wayBack")],
    problem: null,
    path: `${ENROLMENTS_URL}/${id}/withdrawal`,
    sends: { name: "withdrawn", value: "yes" },
    submit: t("enrolment.takeBack"),
    isDanger: true,
    backUrl: ENROLMENTS_URL,
  };
}

/** What is asked before an agent is sent away that waits. */
export function refusalConfirmation({ t }: Viewer, { id, host, address }: AwaitedEnrolment): Confirmation {
  return {
    title: t("enrolment.refuseNamed", { host }),
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
