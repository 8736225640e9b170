import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { DAY_MS } from "../../protocol/time-units.ts";
import { type Actor, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { inTransaction } from "../database/transaction.ts";
import { confirmationUrl } from "../enrolment/addresses.ts";
import { confirmEnrolment, findAwaited, isBoundElsewhere } from "../enrolment/decide-enrolment.ts";
import { createEnrolmentCode } from "../enrolment/enrolment-codes.ts";
import { enrolmentCommands, ISSUED_COMMANDS } from "../enrolment/enrolment-commands.ts";
import { listOrganizations } from "../fleet/summary.ts";
import { readForm, readId, Text } from "../forms/fields.ts";
import { findAgentAddress } from "../installation/addresses.ts";
import { readOrganizationForm } from "../organizations/organization-form.ts";
import { findNameProblem, readName } from "../registry/names.ts";
import { isIdentityTaken } from "../registry/pos-servers.ts";
import {
  addOrganization,
  findOrganizationId,
  type NewOrganization,
  organizationCreated,
} from "../registry/registry.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { FIRST_START_URL } from "./first-start-model.ts";
import { showFirstStart } from "./show-page.ts";

const LIFETIME_MS = DAY_MS;

/** Besides the fields of the organization. */
const FirstPosServerForm = Type.Object({ enrolment: Text, posServer: Text });

const PROBLEMS = {
  crm_id_taken: "organization.problem.crmIdTaken",
  other_crm_id: "firstStart.confirm.otherCrmId",
};

/** The checklist from the first agent to the first colleague. */
export async function firstStartRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;

  app.get(FIRST_START_URL, access, async (_request, reply) => showFirstStart(reply));

  /** The commands of a new code, for one agent and a day. */
  app.post(`${FIRST_START_URL}/codes`, access, async (request, reply) => {
    const monitor = await findAgentAddress(request);
    // The page shows what is missing.
    if (monitor === null) return reply.leadTo(FIRST_START_URL);
    const now = app.clock();
    const endsAt = now + LIFETIME_MS;
    const [organization, another] = await listOrganizations(db, "all");
    const organizationId = organization && !another ? organization.id : null;
    const wanted = { organizationId, posServerId: null, maxUses: 1, endsAt };
    const made = await createEnrolmentCode(db, request.actor(), wanted, now);
    if (made === null) return reply.leadTo(FIRST_START_URL);
    const code = { monitor, pins: [...app.monitorPins], secret: made.secret };
    const commands = enrolmentCommands(request.viewer.t, code, await app.agentPackages.findOffered());
    return reply.flash(FIRST_START_URL, ISSUED_COMMANDS, { ...commands, monitor, endsAt });
  });

  app.post(`${FIRST_START_URL}/organizations`, access, async (request, reply) => {
    const { enrolment, posServer } = readForm(FirstPosServerForm, request.body);
    const enrolmentId = readId(enrolment) ?? 0;
    // Somebody else has decided, and what was typed fits no other agent.
    if (!(await findAwaited(db, enrolmentId))) return reply.leadTo(FIRST_START_URL);
    const { organization, ...form } = readOrganizationForm(request.body);
    const typed = { ...form.typed, posServer };
    const name = readName(posServer);
    const nameProblem = findNameProblem(name);
    const problems = { ...form.problems, ...(nameProblem && { posServer: nameProblem }) };
    if (Object.keys(problems).length > 0) {
      return await showFirstStart(reply.code(422), { enrolmentId, typed, problems });
    }
    const wanted = { enrolmentId, organization, name };
    const outcome = await addOrganizationOfAgent(db, app.secretBox, request.actor(), wanted, app.clock());
    if (outcome === "crm_id_taken" || outcome === "other_crm_id") {
      const refused = { crmId: PROBLEMS[outcome] };
      return await showFirstStart(reply.code(422), { enrolmentId, typed, problems: refused });
    }
    if (outcome === "gone") return reply.leadTo(FIRST_START_URL);
    // Somebody else has registered it.
    if (outcome === "identity_taken") return reply.leadTo(confirmationUrl(enrolmentId));
    app.poller.pollSoon(outcome.posServerId);
    return reply.leadTo(FIRST_START_URL);
  });
}

async function addOrganizationOfAgent(
  db: Db,
  secretBox: SecretBox,
  actor: Actor,
  { enrolmentId, organization, name }: { enrolmentId: number; organization: NewOrganization; name: string },
  now: number,
): Promise<{ posServerId: number } | "gone" | "identity_taken" | "crm_id_taken" | "other_crm_id"> {
  return await inTransaction(db, async (trx) => {
    const awaited = await findAwaited(trx, enrolmentId);
    if (!awaited) return "gone";
    if (isBoundElsewhere(awaited, organization)) return "other_crm_id";
    if (await isIdentityTaken(trx, awaited.identity, null)) return "identity_taken";
    if ((await findOrganizationId(trx, organization.crmId)) !== null) return "crm_id_taken";
    const organizationId = await addOrganization(trx, organization, now);
    await recordEvent(trx, actor, organizationCreated(organization, organizationId), now);
    const wanted = { organizationId, posServerId: null, name };
    const confirmed = await confirmEnrolment(trx, secretBox, actor, enrolmentId, wanted, now);
    if (typeof confirmed === "string") throw new Error(`The agent cannot be let in: ${confirmed}`);
    return confirmed;
  });
}
