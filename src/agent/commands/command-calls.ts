import type { FastifyReply } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import {
  type CommandRefusal,
  DatabaseResetOrder,
  type DatabaseResetReport,
  IDEMPOTENCY_KEY_HEADER,
  IdempotencyKey,
  NOT_AFTER_HEADER,
  ServiceStartOrder,
  type ServiceStartReport,
} from "../../protocol/commands.ts";
import { type AgentServer, sendError } from "../http/server.ts";
import { describeMachine } from "../machine/machine-id.ts";
import type { Commands } from "./commands.ts";

const REFUSALS: Record<CommandRefusal, string> = {
  wrong_pos_server: "This agent belongs to another POS server.",
  other_agent: "This command is for an agent on another machine.",
  key_reused: "This key came with another order before.",
  expired: "This command came too late.",
  busy: "Something else is under way on this POS server.",
};
const keyValidator = Compile(IdempotencyKey);

export interface CommandCallsOptions {
  posServerId: string;
  databaseResets: Commands<DatabaseResetOrder, DatabaseResetReport>;
  serviceStarts: Commands<ServiceStartOrder, ServiceStartReport>;
  serviceRestarts: Commands<ServiceStartOrder, ServiceStartReport>;
}

export async function commandCalls(
  api: AgentServer,
  { posServerId, databaseResets, serviceStarts, serviceRestarts }: CommandCallsOptions,
): Promise<void> {
  addCommandRoutes(api, "/database-resets", DatabaseResetOrder, posServerId, databaseResets);
  addCommandRoutes(api, "/service-starts", ServiceStartOrder, posServerId, serviceStarts);
  addCommandRoutes(api, "/service-restarts", ServiceStartOrder, posServerId, serviceRestarts);
}

function addCommandRoutes<Order extends { posServerId: string; machine?: string }, Report>(
  api: AgentServer,
  path: string,
  schema: TSchema,
  posServerId: string,
  commands: Commands<Order, Report>,
): void {
  const orderValidator = Compile(schema);
  const isOrder = (body: unknown): body is Order => orderValidator.Check(body);

  api.post(path, async (request, reply) => {
    const key = readKey(request.headers[IDEMPOTENCY_KEY_HEADER]);
    if (key === null) return sendError(reply, 400, "invalid_key", "Idempotency-Key must be a UUID.");
    const order = request.body ?? {};
    if (!isOrder(order)) {
      const [first] = orderValidator.Errors(order);
      return sendError(reply, 400, "invalid_order", `${first?.instancePath || "/"} ${first?.message}`);
    }
    if (order.posServerId !== posServerId) return refuse(reply, "wrong_pos_server");
    if (order.machine !== undefined && order.machine !== describeMachine() && !(await commands.read(key)))
      return refuse(reply, "other_agent");
    if (isTooLate(request.headers[NOT_AFTER_HEADER]) && !(await commands.read(key)))
      return refuse(reply, "expired");
    const outcome = await commands.begin(key, order).catch((error: Error) => error);
    if (outcome instanceof Error) {
      request.log.error({ err: outcome, key }, "command cannot be kept, so it does not begin");
      return sendError(reply, 500, "journal_failed", outcome.message);
    }
    if (!outcome.ok) return refuse(reply, outcome.refusal);
    return reply.code(202).header("cache-control", "no-store").send(outcome.report);
  });

  api.get<{ Params: { key: string } }>(`${path}/:key`, async (request, reply) => {
    const key = readKey(request.params.key);
    const report = key && (await commands.read(key));
    if (!report) return sendError(reply, 404, "not_found", "No command with this key.");
    return reply.header("cache-control", "no-store").send(report);
  });
}

function readKey(text: unknown): string | null {
  return keyValidator.Check(text) ? text.toLowerCase() : null;
}

/** Without a readable time limit no command is too late. */
function isTooLate(notAfter: unknown): boolean {
  return Date.now() > Date.parse(String(notAfter));
}

function refuse(reply: FastifyReply, refusal: CommandRefusal): FastifyReply {
  return sendError(reply, 409, refusal, REFUSALS[refusal]);
}
