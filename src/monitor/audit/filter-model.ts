import { AUDIT_ACTIONS } from "../audit-log/actions.ts";
import { excelButton } from "../excel/export-words.ts";
import { describedBy } from "../forms/field-model.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { AuditChoices } from "./choices.ts";
import { type AuditFilter, auditUrl, NO_ACCOUNT, type ReadAuditFilter } from "./filter.ts";

export function auditFilterModel(
  viewer: Viewer,
  { filter, problems }: ReadAuditFilter,
  choices: AuditChoices,
) {
  const { t } = viewer;
  const messageOf = (field: keyof typeof problems) =>
    field in problems ? t(`audit.problem.${field}`, { value: problems[field] }) : null;
  return {
    isOpen: Object.keys(problems).length > 0,
    summary: filterSummary(viewer, filter, choices).join(" · "),
    selects: selectsOf(viewer, filter, choices).map(({ name, chosen, options, hint = null }) => {
      const problem = messageOf(name);
      return {
        name,
        label: t(`audit.filter.${name}`),
        all: t(`audit.filter.all.${name}`),
        options: options.map((option) => ({ ...option, isChosen: option.value === chosen })),
        hint,
        problem,
        describedBy: describedBy(name, problem, hint),
      };
    }),
    days: (["from", "to"] as const).map((name) => {
      const problem = messageOf(name) ?? (name === "to" ? messageOf("period") : null);
      return {
        name,
        label: t(`audit.filter.${name}`),
        value: filter[name] ?? (name === "to" ? problems.period : null) ?? "",
        problem,
        describedBy: describedBy(name, problem),
      };
    }),
    pageProblem: messageOf("before"),
    isFiltered: auditUrl(filter, null) !== "/audit",
    excelButton: excelButton(t, auditUrl(filter, null, "/audit.xlsx")),
  };
}

function selectsOf({ t }: Viewer, filter: AuditFilter, choices: AuditChoices) {
  const option = (value: string | number, text: string) => ({ value: String(value), text });
  const noAccount = choices.hasNoAccount ? [option(NO_ACCOUNT, t("audit.filter.noAccount"))] : [];
  return [
    {
      name: "user" as const,
      chosen: String(filter.user ?? ""),
      options: noAccount.concat(
        choices.users.map((user) => option(user.id, t("audit.filter.userOption", { ...user }))),
      ),
    },
    {
      name: "action" as const,
      chosen: filter.action ?? "",
      options: AUDIT_ACTIONS.map((action) => option(action, t(`audit.action.${action}`))),
    },
    {
      name: "organization" as const,
      chosen: String(filter.organizationId ?? ""),
      options: choices.organizations.map((organization) =>
        option(organization.id, t("posServers.filter.organizationOption", { ...organization })),
      ),
    },
    {
      name: "posServer" as const,
      chosen: String(filter.posServerId ?? ""),
      hint: choices.hasMorePosServers ? t("audit.filter.posServerHint") : null,
      options: choices.posServers.map((posServer) =>
        option(posServer.id, t("audit.filter.posServerOption", { ...posServer })),
      ),
    },
  ];
}

/** For the folded form, and for the Excel file. */
export function filterSummary(viewer: Viewer, filter: AuditFilter, choices: AuditChoices): string[] {
  const { t } = viewer;
  const words = selectsOf(viewer, filter, choices).flatMap(({ chosen, options }) =>
    options.filter(({ value }) => value === chosen).map(({ text }) => text),
  );
  if (filter.from) words.push(t("audit.filter.fromDay", { day: shownDay(filter.from) }));
  if (filter.to) words.push(t("audit.filter.toDay", { day: shownDay(filter.to) }));
  return words.length > 0 ? words : [t("audit.filter.everything")];
}

function shownDay(day: string): string {
  return day.split("-").reverse().join(".");
}
