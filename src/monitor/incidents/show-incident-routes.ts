import type { FastifyInstance } from "fastify";
import type { Db } from "../database/schema.ts";
import { adviceOnExample } from "../fleet/cause-example.ts";
import {
  readAcknowledgementsOfIncidents,
  subjectOfIncident,
  whoseAcknowledgements,
} from "../fleet/incidents/acknowledgements-of-incidents.ts";
import { findIncident, type ShownIncident } from "../fleet/incidents/find-incidents.ts";
import { countGuessedFailures, listConcerned, listMembers } from "../fleet/incidents/list-members.ts";
import { readStory } from "../fleet/incidents/read-story.ts";
import { readId, type WithId } from "../forms/fields.ts";
import { listRunsSince } from "../history/known-history.ts";
import { requestAsAction } from "../log-archives/log-request-model.ts";
import { listLogRequests } from "../log-archives/log-requests.ts";
import { isOf, listExcerptsOf } from "../log-excerpts/find-excerpts.ts";
import { listNotifications } from "../notifications/settings/deliveries.ts";
import { tagOf } from "../plugins/hypermedia.ts";
import { LONGEST_SILENCE_MS } from "../polling/monitor-run.ts";
import { listNetworkOutages } from "../polling/own-network/own-network.ts";
import { healthInWords, readHealth } from "../pos-servers/health.ts";
import { createRowModel } from "../pos-servers/row-model.ts";
import { knownBefore } from "../repairs/known-before.ts";
import { listActivities, listRepairs } from "../repairs/list-repairs.ts";
import { findAcknowledgements, listAcknowledgements } from "../restaurants/acknowledgements.ts";
import { findPosServer } from "../restaurants/find-pos-server.ts";
import { findRestaurantNote } from "../restaurants/notes.ts";
import { nameOfActor } from "../viewer/in-words.ts";
import { dayAt } from "../viewer/local-time.ts";
import { freshnessModel } from "../viewer/pages.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { incidentsUrl, parseIncidentsFilter } from "./filter.ts";
import { incidentModel, SHOWN_MEMBERS, SHOWN_ORGANIZATIONS } from "./incident-model.ts";
import type { Silence } from "./story-model.ts";

const SHOWN_ACKNOWLEDGEMENTS = 20;
const SHOWN_ACTIONS = 20;
const SHOWN_NOTIFICATIONS = 40;

/** `/incidents/:id`: one incident with its story, and the part of its page that refreshes itself. */
export async function showIncidentRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;

  app.get<WithId>("/incidents/:id", { config: { access: "outlet_setup" } }, async (request, reply) => {
    const { viewer } = request;
    const id = readId(request.params.id) ?? 0;
    const now = app.clock();
    const known = await findKnown(db, viewer, id, now);
    if (!known) return reply.callNotFound();
    const posServer = await findPosServerNow(viewer, known.incident, now);
    const trouble = healthInWords(viewer, readHealth(app, now), now);
    const model = { trouble, ...incidentModel(viewer, { ...known, posServer }, now) };
    const tag = tagOf(viewer, model);
    const csrfToken = reply.csrfToken();
    const part = (name: string) => app.renderFragment(`incidents/${name}`, viewer, { ...model, csrfToken });
    if (request.isPartial) return reply.polledPart(tag, () => part("_shown-again"));
    return await reply.page("incidents/show", {
      title: model.title,
      place: model.place,
      listUrl: incidentsUrl(
        parseIncidentsFilter(request.query, dayAt(app.clock(), request.viewer.timeZone)).filter,
      ),
      freshness: freshnessModel(viewer, { url: request.url, tag, now }),
      body: part("_body"),
    });
  });

  async function findPosServerNow(viewer: Viewer, incident: ShownIncident, now: number) {
    const id = incident.posServer?.id ?? null;
    if (incident.closedAt !== null || id === null) return null;
    const posServer = await findPosServer(db, viewer.organizations, id);
    if (!posServer) return null;
    const { requiredVersion } = await app.fleet.stateRules();
    const activity = (await listActivities(db)).get(posServer.id);
    const row = createRowModel(viewer, requiredVersion, now)(posServer, activity);
    const advice = adviceOnExample(incident.example, false);
    const cause = advice && { ...advice, causeKey: incident.causeKey };
    return {
      ...{ posServer, row, note: await findRestaurantNote(db, id) },
      knownBefore: cause ? await knownBefore(db, viewer, posServer, cause, now) : [],
    };
  }
}

async function findKnown(db: Db, viewer: Viewer, id: number, now: number) {
  const access = viewer.organizations;
  const incident = await findIncident(db, access, id);
  if (!incident) return null;
  const { openedAt, closedAt } = incident;
  const subject = subjectOfIncident(incident);
  const isMeanwhile = (at: number) => at >= openedAt && at <= (closedAt ?? now);
  const acknowledgements = await listAcknowledgements(
    db,
    whoseAcknowledgements(incident),
    SHOWN_ACKNOWLEDGEMENTS,
  );
  const story = await readStory(db, access, incident);
  const causes = [incident.example, ...story.events.flatMap(({ example }) => example ?? [])];
  const excerpts = await listExcerptsOf(db, access, incident);
  return {
    incident,
    acknowledgements: {
      ...(await findAcknowledgements(db, subject, now)),
      current: (await readAcknowledgementsOfIncidents(db, access, [incident], now)).get(id) ?? null,
    },
    members: await listMembers(db, access, id, SHOWN_MEMBERS + 1),
    excerpts: excerpts.filter(
      (excerpt) => excerpt.kind === "recovery" || causes.some(({ text }) => isOf(text)(excerpt)),
    ),
    guessed: await countGuessedFailures(db, access, id),
    concerned: await listConcerned(db, access, id, SHOWN_ORGANIZATIONS),
    story: {
      ...story,
      acknowledgements: acknowledgements.filter(({ takenAt }) => isMeanwhile(takenAt)),
      actions: (await listActions(db, viewer, incident, now)).filter(({ at }) => isMeanwhile(at)),
      silences: await findSilences(db, openedAt, closedAt ?? now, now),
      notifications: await listNotifications(db, id, viewer.user?.id ?? 0, SHOWN_NOTIFICATIONS),
    },
  };
}

async function listActions(db: Db, viewer: Viewer, { posServer }: ShownIncident, now: number) {
  const id = posServer?.id ?? null;
  if (id === null) return [];
  const logs = await listLogRequests(db, id, SHOWN_ACTIONS);
  return [
    ...(await listRepairs(db, viewer, id, { limit: SHOWN_ACTIONS, now })),
    ...logs.map((logRequest) => ({
      ...requestAsAction(logRequest, viewer, now),
      text: viewer.t("incident.story.logs", { name: nameOfActor(viewer, logRequest) }),
    })),
  ];
}

/** When within a time nothing was known of any POS server: the monitor did not run, or had no network. */
async function findSilences(db: Db, from: number, to: number, now: number): Promise<Silence[]> {
  const outages = await listNetworkOutages(db, from);
  const silences: Silence[] = [];
  let knownTo = from;
  for (const run of await listRunsSince(db, from, now)) {
    const [began, ended] = [knownTo, run.from];
    knownTo = Math.max(knownTo, run.to);
    if (ended - began <= LONGEST_SILENCE_MS || ended > to) continue;
    const isOfNetwork = outages.some(({ beganAt, endedAt }) => beganAt < ended && (endedAt ?? now) > began);
    silences.push({ from: began, to: ended, isOfNetwork });
  }
  return silences;
}
