import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { changeOpeningHours, type NamedOwner } from "../fleet/opening-hours/change-opening-hours.ts";
import {
  findHoursOfPosServer,
  findOpeningHours,
  type OpeningHours,
} from "../fleet/opening-hours/opening-hours.ts";
import type { WithId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import { findOrganization, type Organization } from "../registry/organizations.ts";
import { findAskedPosServer, type ShownPosServer } from "../restaurants/find-pos-server.ts";
import { type AskedHours, beginHoursForm, hoursFormModel, readHoursForm } from "./hours-form.ts";

type IdRequest = FastifyRequest<WithId>;

/** `…/opening-hours` of POS servers and organizations: when they work, and which works are planned. */
export async function openingHoursRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const ofPosServer = { config: { access: "outlet_setup" } } as const;
  const ofOrganization = { config: { access: "administrator" } } as const;

  app.get("/pos-servers/:id/opening-hours/new", ofPosServer, async (request: IdRequest, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { own, ofOrganization } = await findHoursOfPosServer(db, posServer);
    return await show(reply, askedOf(request, posServer, ofOrganization), own);
  });

  app.post("/pos-servers/:id/opening-hours", ofPosServer, async (request: IdRequest, reply) => {
    const posServer = await findAskedPosServer(db, request);
    const { id, name, organizationId } = posServer;
    const { ofOrganization } = await findHoursOfPosServer(db, posServer);
    const asked = askedOf(request, posServer, ofOrganization);
    return await save(request, reply, asked, { owner: { posServerId: id }, name, organizationId });
  });

  app.get("/organizations/:id/opening-hours/new", ofOrganization, async (request: IdRequest, reply) => {
    const organization = found(await findOrganization(db, request.params.id));
    const own = await findOpeningHours(db, { organizationId: organization.id });
    return await show(reply, askedOfOrganization(request, organization), own);
  });

  app.post("/organizations/:id/opening-hours", ofOrganization, async (request: IdRequest, reply) => {
    const organization = found(await findOrganization(db, request.params.id));
    const { id, name } = organization;
    const named = { owner: { organizationId: id }, name, organizationId: id };
    return await save(request, reply, askedOfOrganization(request, organization), named);
  });

  async function show(reply: FastifyReply, asked: AskedHours, own: OpeningHours) {
    const { viewer } = reply.request;
    const now = app.clock();
    const form = beginHoursForm(viewer, own, asked.ofOrganization, now);
    return await reply.dialogPage("opening-hours/edit", hoursFormModel(viewer, asked, form, now));
  }

  async function save(request: FastifyRequest, reply: FastifyReply, asked: AskedHours, named: NamedOwner) {
    const now = app.clock();
    const { wanted, ...form } = readHoursForm(request.body, asked.ofOrganization?.timeZone ?? null, now);
    if (Object.keys(form.problems).length > 0) {
      const model = hoursFormModel(request.viewer, asked, form, now);
      return await reply.code(422).dialogPage("opening-hours/edit", model);
    }
    const rules = await app.fleet.stateRules();
    const opened = await changeOpeningHours(db, request.actor(), named, wanted, rules, now);
    for (const id of opened) app.poller.pollSoon(id);
    return reply.leadBackTo(asked.url);
  }
}

function askedOf(
  { viewer: { t } }: FastifyRequest,
  { id, name, organizationName, crmId }: ShownPosServer,
  ofOrganization: OpeningHours,
): AskedHours {
  const subtitle = `${organizationName} · ${t("posServers.crmId", { crmId })}`;
  return { name, subtitle, url: `/pos-servers/${id}`, ofOrganization };
}

function askedOfOrganization(
  { viewer: { t } }: FastifyRequest,
  { id, name, crmId }: Organization,
): AskedHours {
  const subtitle = t("posServers.crmId", { crmId });
  return { name, subtitle, url: `/organizations/${id}`, ofOrganization: null };
}
