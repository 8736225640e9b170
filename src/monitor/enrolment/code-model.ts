import { type Confirmation, fieldsOf } from "../forms/field-model.ts";
import { isOnlyHere } from "../installation/addresses.ts";
import type { ActiveOrganization } from "../registry/organizations.ts";
import type { RegisteredPosServer } from "../registry/pos-servers.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { codeUrl, ENROLMENTS_URL } from "./addresses.ts";
import { type CodeForm, LIFETIMES, MOST_USES, organizationChoices } from "./code-form.ts";
import type { ListedEnrolmentCode } from "./enrolment-codes.ts";
import type { IssuedCommands } from "./enrolment-commands.ts";

/** Whether a code still lets agents in, or why not. */
export function codeState({ takenBackAt, endsAt, uses, maxUses }: ListedEnrolmentCode, now: number) {
  if (takenBackAt !== null) return "taken_back";
  if (uses >= maxUses) return "used";
  return endsAt <= now ? "ended" : "open";
}

export function forWhom(
  t: Viewer["t"],
  { organizationName, posServerName }: Pick<ListedEnrolmentCode, "organizationName" | "posServerName">,
): string {
  if (organizationName === null) return t("enrolment.byCrmId");
  return posServerName === null ? organizationName : `${posServerName} · ${organizationName}`;
}

/** @param posServer whose agent is to take its place; null = the form asks for whom the code is. */
export function newCodeModel(
  { t }: Viewer,
  { typed, problems }: CodeForm,
  organizations: readonly ActiveOrganization[],
  posServer: RegisteredPosServer | null,
) {
  const field = fieldsOf(t, { typed, problems, limits: { mostUses: MOST_USES } });
  return {
    hasProblems: Object.keys(problems).length > 0,
    posServer: posServer && {
      id: posServer.id,
      name: posServer.name,
      subtitle: `${posServer.organizationName} · ${t("posServers.crmId", { crmId: posServer.crmId })}`,
    },
    backUrl: posServer ? `/pos-servers/${posServer.id}` : ENROLMENTS_URL,
    organization: field("organization", {
      label: t("posServers.column.organization"),
      hint: t("enrolment.organizationHint"),
      choices: organizationChoices(organizations, t("enrolment.byCrmId")),
    }),
    uses: field("uses", {
      label: t("enrolment.maxUses"),
      inputMode: "numeric",
      isRequired: true,
      hint: t("enrolment.maxUsesHint"),
    }),
    days: field("days", {
      label: t("enrolment.lifetime"),
      choices: LIFETIMES.map((days) => [days, t("posServers.period.days", { count: days })]),
    }),
  };
}

/** @param issued its commands, right after it was made. */
export function codeModel(
  { t, format }: Viewer,
  code: ListedEnrolmentCode,
  issued: IssuedCommands | null,
  now: number,
) {
  const state = codeState(code, now);
  const { uses, maxUses } = code;
  const isOpen = state === "open";
  const time = format.time(code.takenBackAt ?? code.endsAt, now);
  const states = [
    isOpen ? t("enrolment.codeEnds", { time, count: maxUses }) : t(`enrolment.codeState.${state}`, { time }),
    ...(uses > 0 ? [t("enrolment.codeUses", { uses: t("enrolment.uses", { uses, count: maxUses }) })] : []),
  ];
  return {
    forWhom: forWhom(t, code),
    commands: issued,
    monitor: issued?.monitor,
    isOnlyHere: issued !== null && isOnlyHere(issued.monitor),
    state: states.join(" "),
    note: t(isOpen ? "enrolment.codeShown" : "enrolment.codeClosed"),
    takeBackUrl: isOpen ? `${codeUrl(code.id)}/withdrawal/new` : null,
  };
}

export function withdrawalConfirmation(
  { t, format }: Viewer,
  code: ListedEnrolmentCode,
  now: number,
): Confirmation {
  const time = format.time(code.createdAt, now);
  return {
    title: t("enrolment.withdrawal.title"),
    subtitle: `${forWhom(t, code)} · ${t("enrolment.withdrawal.subtitle", { time })}`,
    texts: [t("enrolment.withdrawal.text"), t("enrolment.withdrawal.wayBack")],
    path: `${codeUrl(code.id)}/withdrawal`,
    submit: t("enrolment.takeBack"),
    isDanger: true,
    backUrl: ENROLMENTS_URL,
  };
}
