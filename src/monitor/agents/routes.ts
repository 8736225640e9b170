import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WebSocket } from "ws";
import { AGENT_PACKAGE_PATH, PACKAGE_FILES } from "../../protocol/agent-update.ts";
import { bearerToken, isSameSecret } from "../../protocol/bearer-token.ts";
import {
  CONNECT_PATH,
  HOST_HEADER,
  INSTANCE_HEADER,
  MACHINE_HEADER,
  POS_SERVER_ID_HEADER,
  SUBPROTOCOL,
} from "../../protocol/dial-out.ts";
import { createRefusalLog } from "../../protocol/refusal-log.ts";
import { visibleName } from "../../protocol/visible-text.ts";
import { PROGRAM, recordEvent } from "../audit-log/record-event.ts";
import type { Db } from "../database/schema.ts";
import { tokenHashOf } from "../pos-client/dial-out/agent-connection.ts";
import type { AgentProcess } from "../pos-client/dial-out/machines.ts";
import { readableToken } from "../restaurants/pos-server-to-call.ts";
import type { SecretBox } from "../secrets/secret-box.ts";
import { packagesFolder } from "./agent-packages.ts";
import { createPinAnnouncer } from "./announce-pins.ts";
import { isProtected } from "./is-protected.ts";

const SAVED_AS = "poswatch-agent-windows.zip";

/** A refused agent need not try sooner: a person has to act first. */
const REFUSED_FOR_SECONDS = 60;
const MAX_ID_LENGTH = 64;
const MAX_HOST_LENGTH = 64;

export async function agentRoutes(app: FastifyInstance): Promise<void> {
  await connectAgentRoutes(app);
  // After all that calls agents has stopped, and before the server waits for its connections to end.
  app.addHook("preClose", () => app.posClient.agents.close());

  app.get(AGENT_PACKAGE_PATH, { config: { access: "public" } }, async (_request, reply) => {
    if (!(await app.agentPackages.findOffered())) {
      return reply.code(404).send({ error: "not_found", message: "There is no package of the agent here." });
    }
    return reply
      .headers({ "cache-control": "no-cache", "content-disposition": `attachment; filename="${SAVED_AS}"` })
      .sendFile(PACKAGE_FILES.zip, packagesFolder(app.config.dataDir), { cacheControl: false });
  });
}

/** `GET /agent/connect`: the WebSocket that an agent keeps open to the monitor. */
async function connectAgentRoutes(app: FastifyInstance): Promise<void> {
  const { database, secretBox, posClient, poller, connectionGuard, monitorPins: pins, log } = app;
  const announcer = createPinAnnouncer({ pins, db: database.db, client: posClient, secretBox, log });
  app.addHook("preClose", () => announcer.stop());
  const refusals = createRefusalLog();
  const { agents } = posClient;
  const calling = new WeakMap<FastifyRequest, { agent: CallingAgent; reply: FastifyReply }>();

  app.get(
    CONNECT_PATH,
    {
      websocket: true,
      config: { access: "public" },
      preValidation: async (request, reply) => {
        if (!request.ws) return;
        if (!isProtected(request)) return refuse(reply, 403, "tls_required", "Agents connect over TLS.");
        const offered = request.headers["sec-websocket-protocol"]?.split(/\s*,\s*/) ?? [];
        if (!offered.includes(SUBPROTOCOL))
          return refuse(reply, 400, "unsupported_protocol", `The subprotocol is ${SUBPROTOCOL}.`);
        const agent = await findCallingAgent(database.db, secretBox, request.headers);
        if (!agent) {
          refusals.add(request.ip, request.log);
          return refuse(reply, 401, "unauthorized", "No POS server has this id and token.");
        }
        if (agent.connection !== "dial_out") {
          await askToDialIn(database.db, agent, request.ip, app.clock());
          return refuse(reply, 403, "awaited", "An administrator has to confirm that this agent dials in.");
        }
        const isNews = agents.refusedOf(agent.id) === null;
        if (agents.refuses(agent.id, processOf(request), agent.reported)) {
          const { host, address } = processOf(request);
          const about = { posServerId: agent.id, host, address };
          if (isNews) log.warn(about, "Another machine with the identity of a POS server is refused");
          return refuse(reply, 409, "other_machine", "Another machine with this identity is connected.");
        }
        calling.set(request, { agent, reply });
      },
    },
    (socket, request) => {
      const found = calling.get(request);
      if (!found) return socket.terminate();
      const { agent, reply } = found;
      const process = processOf(request);
      // Another machine may have come meanwhile.
      if (agents.refuses(agent.id, process)) return socket.terminate();
      letGoOfRequest(reply, socket);
      connectionGuard.release(request.raw.socket);
      agents.accept(agent, socket, process);
      poller.noteConnected(agent.id);
      announcer.announce(agent.id);
    },
  );
}

/** Frees a third of the memory of a connection, which request and reply would keep as long as it lasts. */
function letGoOfRequest({ raw }: FastifyReply, socket: WebSocket): void {
  socket.removeAllListeners("error"); // of the plugin, which holds both; the hub adds its own
  if (raw.socket) raw.detachSocket(raw.socket);
}

/** The process and machine that a request names; overlong names are ignored. */
function processOf({ headers, ip: address }: FastifyRequest): AgentProcess {
  const idOf = (header: string) => {
    const id = String(headers[header] ?? "");
    return id.length <= MAX_ID_LENGTH ? id : "";
  };
  const instance = idOf(INSTANCE_HEADER);
  const host = Buffer.from(String(headers[HOST_HEADER] ?? ""), "base64url").toString();
  return {
    instance,
    machine: idOf(MACHINE_HEADER) || instance,
    address,
    host: visibleName(host).slice(0, MAX_HOST_LENGTH),
  };
}

function refuse(reply: FastifyReply, status: number, error: string, message: string): FastifyReply {
  return reply.code(status).header("retry-after", REFUSED_FOR_SECONDS).send({ error, message });
}

/**
 * Stores the request of an agent that dials in although its POS server is called by its address. An administrator has to
 * confirm it, since a token alone is not enough. Asking again changes nothing, also after a refusal.
 */
async function askToDialIn(
  db: Db,
  { id: posServerId, organizationId, name, identity, sealedToken }: CallingAgent,
  address: string,
  now: number,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const known = await trx
      .selectFrom("enrolment")
      .select(["id", "state"])
      .where("identity", "=", identity)
      .executeTakeFirst();
    if (known?.state === "refused") return;
    if (known?.state === "awaited") {
      await trx.updateTable("enrolment").set({ address }).where("id", "=", known.id).execute();
      return;
    }
    // It was let in by a code, and has since been paired by its address: it starts again.
    if (known) await trx.deleteFrom("enrolment").where("id", "=", known.id).execute();
    const agent = { identity, sealedToken, host: name, address };
    await trx
      .insertInto("enrolment")
      .values({ ...agent, state: "awaited", askedAt: now })
      .execute();
    const event = { action: "enrolment_ask", subject: name, organizationId, posServerId } as const;
    await recordEvent(trx, { ...PROGRAM, address }, event, now);
  });
}

type CallingAgent = NonNullable<Awaited<ReturnType<typeof findCallingAgent>>>;

/** By id and token; null when either is wrong. */
async function findCallingAgent(db: Db, secretBox: SecretBox, headers: IncomingHttpHeaders) {
  const identity = String(headers[POS_SERVER_ID_HEADER] ?? "").toLowerCase();
  const given = bearerToken(headers) ?? "";
  const row = await db
    .selectFrom("posServer")
    .innerJoin("posStatus", "posStatus.posServerId", "posServer.id")
    .select(["posServer.id", "posServer.organizationId", "name", "connection", "sealedToken"])
    .select(["agentMachine", "lastUpdateAt"])
    .where("identity", "=", identity)
    .executeTakeFirst();
  const token = readableToken(secretBox, row?.sealedToken ?? null);
  if (given === "" || !isSameSecret(given, token ?? "") || !row?.sealedToken || token === null) return null;
  const { agentMachine, lastUpdateAt, sealedToken, ...agent } = row;
  const reported = { machine: agentMachine, at: lastUpdateAt };
  return { ...agent, reported, sealedToken, identity, tokenHash: tokenHashOf(token) };
}
