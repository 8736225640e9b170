import { HISTORY_CHANGES, type ShownPosServer, type StateChange } from "../fleet/find-pos-server.ts";
import type { Parking } from "../fleet/park-pos-server.ts";
import type { PollAnswer } from "../polling/poll-answer.ts";
import { FAILURE_CODES } from "../pos-client/failure.ts";
import type { Activity } from "../repairs/list-activities.ts";
import type { PosServerAction } from "../requests/recent-actions.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { withDetail } from "../viewer/with-detail.ts";
import { answerInWords } from "./answer-in-words.ts";
import { availabilityModel } from "./availability-model.ts";
import { factsModel } from "./facts-model.ts";
import { parkedInWords } from "./parking-model.ts";
import type { MeasuredAvailability } from "./read-availability.ts";
import { createRowModel, type PosServerRow } from "./row-model.ts";

export interface PosServerPage {
  viewer: Viewer;
  posServer: ShownPosServer;
  changes: StateChange[];
  actions: PosServerAction[];
  activity: Activity | undefined;
  availability: MeasuredAvailability;
  requiredVersion: string | null;
  /** How it was parked; null when it is not, or nothing is known of that. */
  parking: Parking | null;
  /** ms UTC; null = it is not polled. */
  nextPollAt: number | null;
  /** What «Проверить связь» or a new connection has found; null when nobody asked. */
  answer: PollAnswer | null;
  now: number;
}

/** The page of one POS server: its last report, what failed, and its history, in the viewer's words and times. */
export function posServerModel(page: PosServerPage) {
  const { viewer, posServer, changes, actions, activity, availability, requiredVersion, now } = page;
  const { t, format, user } = viewer;
  const row = createRowModel(viewer, requiredVersion, now)(posServer, activity);
  const { isParked, url: path } = row;
  const state = isParked ? "parked" : posServer.state;
  const [newest] = changes;
  const stateSince = isParked && newest ? newest.at : posServer.stateSince;
  const isAdministrator = user?.isAdministrator ?? false;
  return {
    title: posServer.name,
    path,
    row,
    version: row.version ?? "—",
    organizationUrl: isAdministrator ? `/organizations/${posServer.organizationId}` : null,
    state: {
      name: state,
      text: t(`state.${state}`),
      since: t("posServer.since", { time: format.clock(stateSince, now) }),
    },
    dialogs: dialogs(row),
    administration: isAdministrator ? administration(viewer, path) : [],
    answer: page.answer && answerInWords(viewer, page.answer),
    parked: isParked ? parkedInWords(viewer, page.parking, stateSince, now) : null,
    trouble: isParked ? null : trouble(viewer, posServer, row, now),
    availability: availabilityModel(viewer, availability, now),
    facts: factsModel(viewer, posServer, row, { nextPollAt: page.nextPollAt, now }),
    actions,
    hasActions: actions.length > 0,
    history: history(viewer, changes, now),
    historyCut:
      changes.length === HISTORY_CHANGES ? t("posServer.historyCut", { count: changes.length }) : null,
  };
}

/** What opens in the dialog, as buttons. */
function dialogs({ links, activity }: PosServerRow) {
  const { logs, serviceStart, reset } = links;
  return [logs, serviceStart, logs && activity, reset]
    .filter((link) => link !== null)
    .map((link) => ({ ...link, isDanger: link === reset }));
}

function administration({ t }: Viewer, path: string) {
  return [
    { url: `${path}/edit`, text: t("posServer.edit"), isDanger: false },
    { url: `${path}/connections/new`, text: t("posServer.reconnect"), isDanger: false },
    { url: `${path}/deletion/new`, text: t("posServer.delete"), isDanger: true },
  ];
}

/** Why it does not exchange data, or cannot be polled. */
function trouble({ t, format }: Viewer, posServer: ShownPosServer, { error }: PosServerRow, now: number) {
  if (!error) return null;
  const { state, syncErrorAt } = posServer;
  const isUnreachable = state === "unreachable";
  return {
    isProblem: state === "sync_error" || state === "service_stopped",
    title: t(isUnreachable ? "posServer.lastFailure" : "posServers.column.error"),
    text: error,
    time: isUnreachable || syncErrorAt === null ? null : format.time(syncErrorAt, now),
  };
}

/** Each state from – to: it lasted until the transition after it. */
function history(viewer: Viewer, changes: StateChange[], now: number) {
  const { t, format } = viewer;
  return changes.map((change, index) => {
    const next = changes[index - 1];
    const to = next ? format.time(next.at, now) : t("posServer.now");
    return {
      state: change.state,
      label: t(`state.${change.state}`),
      period: `${format.time(change.at, now)} – ${to}`,
      cause: causeInWords(viewer, change),
    };
  });
}

function causeInWords({ t }: Viewer, { state, causeKey, detail }: StateChange): string | null {
  const code = FAILURE_CODES.find((known) => causeKey?.startsWith(`${known}:`));
  if (state !== "unreachable" || !code) return state === "sync_error" ? detail : null;
  const words = t(`failure.${code}`);
  return withDetail(t, words, detail);
}
