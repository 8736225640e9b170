import { AUDIT_ACTIONS } from "../audit-log/actions.ts";
import { readDetail } from "../audit-log/detail.ts";
import { includesOrganization } from "../viewer/access.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { AuditChoices } from "./choices.ts";
import { detailInWords } from "./detail-in-words.ts";
import { type AuditFilter, auditUrl, NO_ACCOUNT, type ReadAuditFilter } from "./filter.ts";
import type { ListedEvent, listAuditEvents } from "./list-events.ts";

export interface AuditPage extends ReadAuditFilter, Awaited<ReturnType<typeof listAuditEvents>> {
  viewer: Viewer;
  choices: AuditChoices;
  now: number;
}

/** What the template of `/audit` shows. */
export function auditPageModel({ viewer, filter, problems, choices, events, next, now }: AuditPage) {
  const { t } = viewer;
  const isFiltered = auditUrl(filter, null) !== "/audit";
  return {
    filter,
    fields: selects(viewer, filter, choices),
    messages: Object.fromEntries(
      Object.entries(problems).map(([field, value]) => [field, t(`audit.problem.${field}`, { value })]),
    ),
    summary: filterSummary(viewer, filter, choices),
    isFiltered,
    rows: events.map((event) => row(viewer, event, now)),
    newestUrl: filter.before ? auditUrl(filter, null) : null,
    olderUrl: next && auditUrl(filter, next),
    excelUrl: auditUrl(filter, null, "/audit.xlsx"),
  };
}

/** Each select of the filter: what can be chosen, and what is. */
function selects({ t }: Viewer, filter: AuditFilter, choices: AuditChoices) {
  const option = (value: string | number, text: string) => ({ value: String(value), text });
  const noAccount = choices.hasNoAccount ? [option(NO_ACCOUNT, t("audit.filter.noAccount"))] : [];
  const posServerHint = choices.hasMorePosServers ? t("audit.filter.posServerHint") : null;
  return [
    {
      name: "user",
      chosen: String(filter.user ?? ""),
      options: [
        ...noAccount,
        ...choices.users.map((user) => option(user.id, t("audit.filter.userOption", { ...user }))),
      ],
    },
    {
      name: "action",
      chosen: filter.action ?? "",
      options: AUDIT_ACTIONS.map((action) => option(action, t(`audit.action.${action}`))),
    },
    {
      name: "organization",
      chosen: String(filter.organizationId ?? ""),
      options: choices.organizations.map((organization) =>
        option(organization.id, t("audit.filter.organizationOption", { ...organization })),
      ),
    },
    {
      name: "posServer",
      chosen: String(filter.posServerId ?? ""),
      hint: posServerHint,
      options: choices.posServers.map((posServer) =>
        option(posServer.id, t("audit.filter.posServerOption", { ...posServer })),
      ),
    },
  ];
}

/** The filter in a few words, for when it is folded and for the file. */
export function filterSummary(viewer: Viewer, filter: AuditFilter, choices: AuditChoices): string[] {
  const { t } = viewer;
  const chosen = selects(viewer, filter, choices).flatMap(({ chosen, options }) =>
    options.filter(({ value }) => value === chosen).map(({ text }) => text),
  );
  const days = [
    filter.from && t("audit.filter.fromDay", { day: shownDay(filter.from) }),
    filter.to && t("audit.filter.toDay", { day: shownDay(filter.to) }),
  ].filter((text) => text !== null);
  return chosen.length + days.length > 0 ? [...chosen, ...days] : [t("audit.filter.everything")];
}

/** Who did what, in the viewer's words. */
export function eventInWords(viewer: Viewer, event: ListedEvent, now: number) {
  const { t } = viewer;
  const { detail, detailParts } = event;
  return {
    name: event.userName ?? (event.login || t("audit.nobody")),
    address: event.address === "cli" ? t("audit.commandLine") : event.address,
    action: t(`audit.action.${event.action}`),
    resultText: t(`audit.result.${event.result}`),
    detail: detailParts === null ? detail : detailInWords(viewer, readDetail(detailParts), now),
  };
}

function row(viewer: Viewer, event: ListedEvent, now: number) {
  const { format, user, organizations } = viewer;
  const { posServerId, posServerOrganizationId } = event;
  const isPosServerShown =
    posServerOrganizationId !== null && includesOrganization(organizations, posServerOrganizationId);
  return {
    ...eventInWords(viewer, event, now),
    time: { iso: new Date(event.at).toISOString(), text: format.time(event.at, now) },
    login: event.userName === null ? null : event.login,
    userUrl: user?.isAdministrator && event.userId !== null ? `/users/${event.userId}` : null,
    result: event.result,
    subject: event.subject,
    subjectUrl: isPosServerShown ? `/pos-servers/${posServerId}` : null,
    organizationName: event.organizationName === event.subject ? null : event.organizationName,
  };
}

function shownDay(day: string): string {
  return day.split("-").reverse().join(".");
}
