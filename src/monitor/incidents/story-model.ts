import { MINUTE_MS } from "../../protocol/time-units.ts";
import { acknowledgementInHistory } from "../acknowledgements/acknowledgement-model.ts";
import { exampleInWords } from "../fleet/cause-in-words.ts";
import type { ShownIncident } from "../fleet/incidents/find-incidents.ts";
import { isFlapping } from "../fleet/incidents/incident.ts";
import { lengthOfIncident, returnsInWords } from "../fleet/incidents/incident-in-words.ts";
import type { IncidentEvent, IncidentStory, MinuteCount } from "../fleet/incidents/read-story.ts";
import type { PosServerState } from "../fleet/state.ts";
import type { TimeSpan } from "../fleet/time-spans.ts";
import type { IncidentNotification } from "../notifications/settings/deliveries.ts";
import type { PosServerAction } from "../requests/request-columns.ts";
import type { PastAcknowledgement } from "../restaurants/acknowledgements.ts";
import { dayAt } from "../viewer/local-time.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** The shortest step with no more than `MOST_STEPS` lines is taken. */
const STEPS_MINUTES = [1, 5, 15, 60, 240, 1_440];
const MOST_STEPS = 10;

export interface ShownStory extends IncidentStory {
  acknowledgements: PastAcknowledgement[];
  actions: PosServerAction[];
  silences: Silence[];
  notifications: IncidentNotification[];
}

/** The monitor had no network, or did not run. */
export interface Silence extends TimeSpan {
  isOfNetwork: boolean;
}

interface StoryLine {
  id: string;
  at: number;
  text: string;
  state?: PosServerState | null;
  note?: string | null;
  url?: string;
}

/** Newest first. */
export function storyModel(viewer: Viewer, incident: ShownIncident, story: ShownStory, now: number) {
  const { t, format, timeZone } = viewer;
  const lines = [
    ...(incident.kind === "common"
      ? countsInWords(viewer, incident, story)
      : beginning(viewer, incident, story)),
    ...inOrder(story.events).flatMap((event) => eventInWords(viewer, incident, event)),
    ...flapping(viewer, incident, story, now),
    ...story.acknowledgements.map((acknowledgement) => acknowledgementLine(viewer, acknowledgement, now)),
    ...story.actions.map(actionLine),
    ...story.silences.map((silence) => silenceLine(viewer, silence)),
    ...notificationLines(viewer, story.notifications),
    ...end(viewer, incident),
  ];
  let shownDay: string | null = null;
  return lines
    .map((line, position) => ({ line, position }))
    .sort((one, other) => other.line.at - one.line.at || other.position - one.position)
    .map(({ line: { at, ...line } }) => {
      const day = dayAt(at, timeZone);
      const isNewDay = day !== shownDay;
      shownDay = day;
      return {
        ...line,
        label: line.state ? t(`state.${line.state}`) : null,
        day: isNewDay ? format.day(at, now) : null,
        time: { iso: new Date(at).toISOString(), text: format.clock(at, at) },
      };
    });
}

/** When the cause changed later, the first cause is an event of its own. */
function beginning(viewer: Viewer, incident: ShownIncident, { events }: IncidentStory): StoryLine[] {
  if (events.some(({ kind }) => kind === "cause")) return [];
  const { text } = exampleInWords(viewer, incident.example);
  return [{ id: "story-begin", at: incident.openedAt, state: incident.example.state, text }];
}

function countsInWords(
  viewer: Viewer,
  incident: ShownIncident,
  { joined, left }: IncidentStory,
): StoryLine[] {
  const { t } = viewer;
  const countUpTo = (counts: readonly MinuteCount[], upTo: number) =>
    counts.reduce((sum, { at, posServers }) => (at <= upTo ? sum + posServers : sum), 0);
  const joinedLines = inSteps(joined).map(({ at, last }, index): StoryLine => {
    const count = countUpTo(joined, last);
    return {
      id: `story-joined-${at}`,
      at: Math.max(at, incident.openedAt),
      state: incident.example.state,
      text: t(index === 0 ? "incident.story.first" : "incident.story.joined", { count }),
    };
  });
  const leftLines = inSteps(left).map(({ at, last, posServers, recovered }): StoryLine => {
    const haveRecovered = recovered === posServers;
    const count = Math.max(countUpTo(joined, last) - countUpTo(left, last), 0);
    return {
      id: `story-left-${at}`,
      at: last,
      state: haveRecovered ? "synced" : null,
      text: t(haveRecovered ? "incident.story.left" : "incident.story.gone", {
        count: posServers,
        rest: t("incident.story.rest", { count }),
      }),
    };
  });
  return [...joinedLines, ...leftLines];
}

interface Step extends MinuteCount {
  /** When any of them came or went last, ms UTC. */
  last: number;
}

function inSteps(counts: readonly MinuteCount[]): Step[] {
  for (const minutes of STEPS_MINUTES) {
    const steps = Map.groupBy(counts, ({ at }) => Math.floor(at / (minutes * MINUTE_MS)));
    if (steps.size > MOST_STEPS && minutes !== STEPS_MINUTES.at(-1)) continue;
    return [...steps.values()].flatMap((step) => {
      const [first, last] = [step[0], step.at(-1)];
      if (!first || !last) return [];
      const sum = (key: "posServers" | "recovered") => step.reduce((total, one) => total + one[key], 0);
      return [{ at: first.at, last: last.at, posServers: sum("posServers"), recovered: sum("recovered") }];
    });
  }
  return [];
}

/** A return comes before the new cause. */
function inOrder(events: readonly IncidentEvent[]): IncidentEvent[] {
  return events.toSorted(
    (one, other) => one.at - other.at || Number(other.kind === "reopened") - Number(one.kind === "reopened"),
  );
}

function eventInWords(viewer: Viewer, incident: ShownIncident, event: IncidentEvent): StoryLine[] {
  const { t } = viewer;
  const { id, at, kind, example, quietAt } = event;
  const line = { id: `story-event-${id}`, at };
  if (example) return [{ ...line, state: example.state, text: exampleInWords(viewer, example).text }];
  if (kind !== "reopened")
    return [{ ...line, state: kind === "paused" ? "closed" : null, text: t(`incident.story.${kind}`) }];
  if (isFlapping(incident)) return [];
  const worked: StoryLine[] =
    quietAt === null
      ? []
      : [{ ...line, id: `${line.id}-quiet`, at: quietAt, state: "synced", text: t("incident.story.worked") }];
  return [...worked, { ...line, state: incident.example.state, text: t("incident.story.reopened") }];
}

/** All returns as one line, at the last one. */
function flapping(viewer: Viewer, incident: ShownIncident, story: IncidentStory, now: number): StoryLine[] {
  const last = story.events.findLast(({ kind }) => kind === "reopened");
  const text = returnsInWords(viewer, incident);
  if (!last || !text || !isFlapping(incident)) return [];
  const note = lengthOfIncident(viewer, incident, now);
  return [{ id: `story-event-${last.id}`, at: last.at, state: incident.example.state, text, note }];
}

function acknowledgementLine(viewer: Viewer, acknowledgement: PastAcknowledgement, now: number): StoryLine {
  const { t, format } = viewer;
  const { id, at, cause, endedAt } = acknowledgementInHistory(viewer, acknowledgement, now);
  const until = format.clock(endedAt ?? acknowledgement.endsAt, at);
  const notes = [t("parking.untilTime", { time: until }), cause?.text ?? ""];
  return {
    id,
    at,
    text: t("incident.story.taken", { name: acknowledgement.userName }),
    note: notes.filter((text) => text !== "").join(" · "),
  };
}

function actionLine({ at, text, result, url }: PosServerAction): StoryLine {
  return { id: `story${url.replaceAll("/", "-")}`, at, text, note: result, url };
}

function silenceLine({ t, format }: Viewer, { from, to, isOfNetwork }: Silence): StoryLine {
  return {
    id: `story-silence-${from}`,
    at: from,
    text: t(isOfNetwork ? "incident.story.noNetwork" : "incident.story.silence"),
    note: t("incident.story.silenceFor", {
      until: format.clock(to, from),
      duration: format.span(from, to),
    }),
  };
}

/** Channels notified within one minute are one line, those still waiting another. */
function notificationLines({ t }: Viewer, notifications: readonly IncidentNotification[]): StoryLine[] {
  const sent = notifications.filter(({ outcome }) => outcome === "sent");
  const waiting = notifications.filter(({ finishedAt, attempts }) => finishedAt === null && attempts > 0);
  const line = (key: "notified" | "notNotified", group: readonly IncidentNotification[]): StoryLine[] => {
    const first = group.at(-1);
    if (!first) return [];
    const names = [...new Set(group.map(({ channelName }) => t("quoted", { text: channelName })))]
      .reverse()
      .join(", ");
    const at = first.finishedAt ?? first.queuedAt;
    return [{ id: `story-${key}-${first.id}`, at, text: t(`incident.story.${key}`, { names }) }];
  };
  const minutes = Map.groupBy(sent, ({ finishedAt }) => Math.floor((finishedAt ?? 0) / MINUTE_MS));
  return [
    ...[...minutes.values()].flatMap((group) => line("notified", group)),
    ...line("notNotified", waiting),
  ];
}

function end(viewer: Viewer, incident: ShownIncident): StoryLine[] {
  const { closedAt, endedBy } = incident;
  if (closedAt === null || endedBy === null) return [];
  const isRecovered = endedBy === "recovered";
  const duration = lengthOfIncident(viewer, incident);
  const text = viewer.t(isRecovered ? "incident.story.recovered" : `incident.over.${endedBy}`, { duration });
  return [{ id: "story-end", at: closedAt, state: isRecovered ? "synced" : null, text }];
}
