import { AUDIT_ACTIONS } from "../audit-log/actions.ts";
import { excelButton } from "../excel/export-words.ts";
import { organizationChoices } from "../filter/filter-options.ts";
import { type Choice, describedBy, optionsOf } from "../forms/field-model.ts";
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
    selects: selectsOf(viewer, filter, choices).map(({ name, options, hint = null }) => {
      const problem = messageOf(name);
      return {
        name,
        label: t(`audit.filter.${name}`),
        all: t(`audit.filter.all.${name}`),
        options,
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
  const { users, organizations, posServers } = choices;
  const noAccount: Choice[] = choices.hasNoAccount ? [[NO_ACCOUNT, t("audit.filter.noAccount")]] : [];
  const ofUsers = users.map((user): Choice => [user.id, t("audit.filter.userOption", user)]);
  const ofActions = AUDIT_ACTIONS.map((action): Choice => [action, t(`audit.action.${action}`)]);
  const ofPosServers = posServers.map((one): Choice => [one.id, t("audit.filter.posServerOption", one)]);
  const hint = choices.hasMorePosServers ? t("audit.filter.posServerHint") : null;
  return [
    { name: "user" as const, options: optionsOf([...noAccount, ...ofUsers], filter.user) },
    { name: "action" as const, options: optionsOf(ofActions, filter.action) },
    {
      name: "organization" as const,
      options: optionsOf(organizationChoices(t, organizations), filter.organizationId),
    },
    { name: "posServer" as const, hint, options: optionsOf(ofPosServers, filter.posServerId) },
  ];
}

/** For the folded form, and for the Excel file. */
export function filterSummary(viewer: Viewer, filter: AuditFilter, choices: AuditChoices): string[] {
  const { t } = viewer;
  const words = selectsOf(viewer, filter, choices).flatMap(({ options }) =>
    options.filter(({ isChosen }) => isChosen).map(({ text }) => text),
  );
  if (filter.from) words.push(t("audit.filter.fromDay", { day: shownDay(filter.from) }));
  if (filter.to) words.push(t("audit.filter.toDay", { day: shownDay(filter.to) }));
  return words.length > 0 ? words : [t("audit.filter.everything")];
}

function shownDay(day: string): string {
  return day.split("-").reverse().join(".");
}
