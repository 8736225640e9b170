import type { FastifyInstance, FastifyReply } from "fastify";
import { Compile } from "typebox/compile";
import {
  ENROLMENT_PATH,
  type Enrolled,
  type EnrolmentAwaited,
  EnrolmentOrder,
  type EnrolmentRefusal,
} from "../../protocol/enrolment.ts";
import { createAttemptLimit, GUESS_AGAIN_SECONDS } from "../access/attempt-limit.ts";
import { isProtected } from "../agents/is-protected.ts";
import { enrolmentCodeRoutes } from "./code-routes.ts";
import { decideEnrolmentRoutes } from "./decide-enrolment-routes.ts";
import { enrolAgent } from "./enrol-agent.ts";
import { showEnrolmentsRoutes } from "./show-enrolments-routes.ts";

/** Attempts with unknown codes per address. */
const GUESSES = 20;
/** How often a waiting agent asks again. */
const ASK_AGAIN_SECONDS = 10;

const STATUS: Record<EnrolmentRefusal, number> = {
  unknown_code: 404,
  ended_code: 410,
  used_code: 409,
  refused: 403,
  identity_taken: 409,
  too_many: 429,
  tls_required: 403,
  invalid_order: 400,
};

const order = Compile(EnrolmentOrder);

export async function enrolmentRoutes(app: FastifyInstance): Promise<void> {
  await showEnrolmentsRoutes(app);
  await enrolmentCodeRoutes(app);
  await decideEnrolmentRoutes(app);
  await enrolAgentRoutes(app);
}

/** `POST /agent/enrolments`: an agent asks to be let in by a code. */
async function enrolAgentRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const limit = createAttemptLimit(GUESSES);

  app.post(ENROLMENT_PATH, { config: { access: "public", csrf: false } }, async (request, reply) => {
    if (!isProtected(request)) return refuse(reply, "tls_required", "Agents connect over TLS.");
    const { body } = request;
    if (!order.Check(body)) {
      const [first] = order.Errors(body);
      const message = first ? `${first.instancePath || "/"} ${first.message}` : "The body is no order.";
      return refuse(reply, "invalid_order", message);
    }
    const asking = { order: body, address: request.ip };
    const outcome = await enrolAgent(db, app.secretBox, asking, app.clock());
    if (outcome.kind === "refused") {
      const isGuess = outcome.error === "unknown_code";
      if (isGuess && !(await limit.take(request.ip)))
        return refuse(reply.header("retry-after", GUESS_AGAIN_SECONDS), "too_many");
      return refuse(reply, outcome.error);
    }
    if (outcome.kind === "awaited") {
      const awaited: EnrolmentAwaited = { retryAfterSeconds: ASK_AGAIN_SECONDS };
      return reply.code(202).send(awaited);
    }
    const { organization, posServer, machine } = outcome;
    if (machine !== null) app.posClient.agents.giveTo(posServer.id, machine);
    app.poller.pollSoon(posServer.id);
    const enrolled: Enrolled = {
      organization: { name: organization.name, crmId: organization.crmId },
      posServer: { name: posServer.name },
    };
    return reply.code(201).send(enrolled);
  });
}

function refuse(
  reply: FastifyReply,
  error: EnrolmentRefusal,
  message = "The agent is not let in.",
): FastifyReply {
  return reply.code(STATUS[error]).send({ error, message });
}
