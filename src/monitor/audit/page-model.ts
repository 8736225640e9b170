import { readDetail } from "../audit-log/detail.ts";
import { PROGRAM } from "../audit-log/record-event.ts";
import { hasAnyRight, includesOrganization } from "../viewer/access.ts";
import { nameOfActor } from "../viewer/in-words.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { AuditChoices } from "./choices.ts";
import { detailInWords } from "./detail-in-words.ts";
import { type AuditFilter, auditUrl, type ReadAuditFilter } from "./filter.ts";
import { auditFilterModel } from "./filter-model.ts";
import type { ListedEvent, listAuditEvents } from "./list-events.ts";

const CODE_ACTIONS = ["enrolment_code_create", "enrolment_code_take_back"];
const COLUMNS = ["time", "user", "action", "subject", "detail"] as const;

type EventsPage = Awaited<ReturnType<typeof listAuditEvents>>;

export function auditPageModel(
  viewer: Viewer,
  asked: ReadAuditFilter & { choices: AuditChoices },
  { events, next }: EventsPage,
  now: number,
) {
  const { t } = viewer;
  const { filter } = asked;
  const firstUrl = auditUrl(filter, null);
  const isFiltered = firstUrl !== "/audit";
  const newestUrl = filter.before ? firstUrl : null;
  const olderUrl = next && auditUrl(filter, next);
  const empty = {
    text: t(isFiltered ? "audit.empty.filtered" : "audit.empty.text"),
    isMoreElsewhere: isFiltered || newestUrl !== null,
    isPosStatusShown: hasAnyRight(viewer.organizations),
  };
  return {
    filter: auditFilterModel(viewer, asked, asked.choices),
    empty: events.length === 0 ? empty : null,
    columns: COLUMNS.map((column) => ({ column, title: t(`audit.column.${column}`) })),
    runs: divideRuns(events).map((run) => ({
      fold: areAllWanted(filter) ? foldModel(viewer, run, now) : null,
      rows: run.events.map((event) => rowModel(viewer, event, now)),
    })),
    pages: newestUrl || olderUrl ? { newestUrl, olderUrl } : null,
  };
}

/** Entries of a page that follow one another; `isAutomatic`: nobody made them. */
interface AuditRun {
  isAutomatic: boolean;
  events: ListedEvent[];
}

/** What agents and Poswatch itself did stands apart from what people did, or tried to. */
function divideRuns(events: readonly ListedEvent[]): AuditRun[] {
  const runs: AuditRun[] = [];
  for (const event of events) {
    const { login, userName, action } = event;
    // People have a name unless they only tried to sign in.
    const isAutomatic = userName === null && login === "" && action !== "sign_in";
    const run = runs.at(-1);
    if (run?.isAutomatic === isAutomatic) run.events.push(event);
    else runs.push({ isAutomatic, events: [event] });
  }
  return runs;
}

/** Unless the filter chooses who, what or where: then automatic entries may be what is looked for. */
function areAllWanted({ user, action, posServerId, batchId }: AuditFilter): boolean {
  return [user, action, posServerId, batchId].every((chosen) => chosen === null);
}

/** The line in place of several automatic entries. */
function foldModel({ t, format }: Viewer, { isAutomatic, events }: AuditRun, now: number) {
  const [newest, oldest] = [events[0], events.at(-1)];
  if (!isAutomatic || !newest || !oldest || newest === oldest) return null;
  const [from, to] = [format.time(oldest.at, now), format.clock(newest.at, oldest.at)];
  const undone = events.filter(({ result }) => result !== "done").length;
  return {
    text: t("audit.automatic", { count: events.length }),
    period: from.endsWith(to) ? from : `${from}–${to}`,
    undone: undone > 0 ? t("audit.undone", { count: undone }) : null,
  };
}

export function eventInWords(viewer: Viewer, event: ListedEvent, now: number) {
  const { t } = viewer;
  return {
    name: nameOf(t, event),
    address: addressOf(t, event),
    action: t(`audit.action.${event.action}`),
    resultText: t(`audit.result.${event.result}`),
    subject: subjectOf(t, event),
    detail: wholeDetail(viewer, event, now),
  };
}

function nameOf(t: Viewer["t"], { userName, login, address, action }: ListedEvent): string {
  if (address === PROGRAM.address) return t("product");
  if (userName !== null || login !== "") return nameOfActor({ t }, { userName, userLogin: login });
  // People have a name unless they only tried to sign in; anybody else without one is an agent.
  return t(action === "sign_in" ? "audit.nobody" : "audit.agent");
}

function subjectOf(t: Viewer["t"], { subject, action }: ListedEvent): string | null {
  return subject ?? (CODE_ACTIONS.includes(action) ? t("enrolment.byCrmId") : null);
}

function addressOf(t: Viewer["t"], { address }: ListedEvent): string {
  if (address === PROGRAM.address) return t("audit.byItself");
  return address === "cli" ? t("audit.commandLine") : address;
}

/** A repeated event also tells how often it came. */
function wholeDetail(viewer: Viewer, { detail, times, lastAt }: ListedEvent, now: number) {
  const { t, format } = viewer;
  const words = detail === null ? null : detailInWords(viewer, readDetail(detail), now);
  if (lastAt === null) return words;
  const repeated = t("audit.repeated", { count: times, time: format.second(lastAt, now) });
  return words ? `${words}; ${repeated}` : repeated;
}

/** A batch leads to what was done in it. */
function itemsOf({ t }: Viewer, { action, detail }: ListedEvent) {
  if (action !== "batch" || detail === null) return null;
  const [batch] = readDetail(detail).filter(({ key }) => key === "batch");
  return batch?.key === "batch" ? { url: `/audit?batch=${batch.values.id}`, text: t("audit.items") } : null;
}

function rowModel(viewer: Viewer, event: ListedEvent, now: number) {
  const { format, user, organizations } = viewer;
  const { posServerId, posServerOrganizationId } = event;
  const isPosServerShown =
    posServerOrganizationId !== null && includesOrganization(organizations, posServerOrganizationId);
  const { name, address, subject, ...words } = eventInWords(viewer, event, now);
  const organizationName = event.organizationName === subject ? null : event.organizationName;
  return {
    ...words,
    time: { iso: new Date(event.at).toISOString(), text: format.second(event.at, now) },
    user: {
      name,
      url: user?.isAdministrator && event.userId !== null ? `/users/${event.userId}` : null,
      from: event.userName === null || event.login === "" ? address : `${event.login} · ${address}`,
    },
    result: event.result,
    isDone: event.result === "done",
    subject: {
      text: subject ?? "",
      url: event.subject && isPosServerShown ? `/pos-servers/${posServerId}` : null,
    },
    items: itemsOf(viewer, event),
    organizationName,
    hasNoSubject: !subject && !organizationName,
  };
}
