import type { FastifyRequest } from "fastify";
import { adviceOn } from "../fleet/causes.ts";
import { findOpenIncidentId } from "../fleet/incidents/find-incidents.ts";
import { findHoursOfPosServer } from "../fleet/opening-hours/opening-hours.ts";
import { listPosChecks } from "../fleet/pos-checks.ts";
import { isProblem } from "../fleet/state.ts";
import { flappingsOf } from "../history/availability.ts";
import { readSettings } from "../installation/settings.ts";
import { requestAsAction } from "../log-archives/log-request-model.ts";
import { listLogRequests } from "../log-archives/log-requests.ts";
import { findPresentExcerpt } from "../log-excerpts/find-excerpts.ts";
import { findDelivery } from "../log-patterns/sending/delivery-in-words.ts";
import { countCommonCauses } from "../pos-servers/common-causes.ts";
import { knownBefore } from "../repairs/known-before.ts";
import { listActivities, listRepairs } from "../repairs/list-repairs.ts";
import {
  findAcknowledgements,
  listAcknowledgements,
  readAcknowledgements,
} from "../restaurants/acknowledgements.ts";
import { listStateChanges, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { findRestaurantNote } from "../restaurants/notes.ts";
import { findParking } from "../restaurants/park-pos-server.ts";
import { readTags } from "../restaurants/tags.ts";
import { readAvailability } from "./read-availability.ts";

const SHOWN_ACTIONS = 8;

export type KnownPosServer = Awaited<ReturnType<typeof findKnown>>;

/** Finds all that the page of a POS server shows. @param historyLines one more is read, to see whether there are more. */
export async function findKnown(
  request: FastifyRequest,
  posServer: ShownPosServer,
  historyLines: number,
  now: number,
) {
  const { viewer, server: app } = request;
  const { db } = app.database;
  const { id, causeKey } = posServer;
  const advice = isProblem(posServer.state) && posServer.parked === 0 ? adviceOn(posServer) : null;
  const logRequests = await listLogRequests(db, id, SHOWN_ACTIONS);
  const activity = (await listActivities(db)).get(id);
  const repairs = await listRepairs(db, viewer, id, { limit: SHOWN_ACTIONS, activity, now });
  const settings = await readSettings(db);
  const acknowledgements = await findAcknowledgements(db, { kind: "posServer", id }, now);
  const ofIncident = acknowledgements.current ? undefined : await readAcknowledgements(db, [id], now);
  const availability = await readAvailability(db, viewer.timeZone, posServer, now);
  const flappings = flappingsOf(availability.month.spells);
  const hidden = flappings.reduce((count, { ids }) => count + ids.length, 0);
  return {
    posServer,
    changes: await listStateChanges(db, id, historyLines + 1 + hidden),
    flappings,
    pastAcknowledgements: await listAcknowledgements(db, { kind: "posServer", id }, historyLines + 1),
    logs: logRequests.map((logRequest) => requestAsAction(logRequest, viewer, now)),
    repairs: repairs.slice(0, SHOWN_ACTIONS),
    activity,
    availability,
    rules: await app.fleet.stateRules(),
    parking: await findParking(db, id),
    acknowledgements: { ...acknowledgements, ofIncident: ofIncident?.get(id) ?? null },
    delivery: await findDelivery(db, id),
    note: await findRestaurantNote(db, id),
    tags: (await readTags(db, [id])).get(id) ?? [],
    openingHours: await findHoursOfPosServer(db, posServer),
    polling: {
      intervalMs: posServer.pollIntervalMs ?? settings.pollIntervalMs,
      /** ms UTC; null = never. */
      nextPollAt: app.poller.nextPollAt(id),
      /** null = not connected, or called by its address. */
      agent: app.posClient.agents.find(id),
      /** Another machine with its identity; null = none tries to connect. */
      refused: app.posClient.agents.refusedOf(id),
    },
    checks: await listPosChecks(db, id),
    excerpt: await findPresentExcerpt(db, posServer),
    paymentStopsAfterMs: settings.paymentStopsAfterMs,
    /** null = none. */
    openIncidentId: await findOpenIncidentId(db, id),
    knownBefore: advice ? await knownBefore(db, viewer, posServer, { ...advice, causeKey }, now) : [],
    sharedBy: await countSharing(request, posServer),
  };
}

/** Counts those with the same common cause that the viewer may see; 0 when the list would not group them. */
async function countSharing(
  { viewer, server: { database, fleet } }: FastifyRequest,
  { causeKey, parked }: ShownPosServer,
): Promise<number> {
  const failures = await fleet.commonFailures();
  const own = parked === 1 ? [] : failures.filter((failure) => failure.causeKey === causeKey);
  const [cause] = await countCommonCauses(database.db, viewer.organizations, own);
  return cause?.posServers ?? 0;
}
