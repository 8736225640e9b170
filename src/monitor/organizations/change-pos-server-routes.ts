import { isDeepStrictEqual } from "node:util";
import type { FastifyInstance } from "fastify";
import { type AuditDetail, describeChanges } from "../audit-log/detail.ts";
import { aboutPosServer, recordEvent } from "../audit-log/record-event.ts";
import type { WithId } from "../forms/id.ts";
import { POLL_ANSWER, pollAnswer } from "../polling/poll-answer.ts";
import { type PosServerForm, readChangedPosServerForm } from "./pos-server-form.ts";
import { changedPosServerModel } from "./pos-server-form-model.ts";
import {
  changePosServer,
  findRegisteredPosServer,
  isNameTaken,
  type RegisteredPosServer,
} from "./registry/pos-servers.ts";
import { reconnectPosServer } from "./registry/registry.ts";

/** `/pos-servers/:id/edit`: its name, address and poll interval. The token is taken, never shown. */
export async function changePosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const find = async (id: string) => await findRegisteredPosServer(db, app.secretBox, id);

  app.get<WithId>("/pos-servers/:id/edit", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    if (!posServer) return reply.callNotFound();
    const form = { typed: typedOf(posServer), problems: {} };
    const model = changedPosServerModel(request.viewer, posServer, form);
    return await reply.page("organizations/edit-pos-server", model);
  });

  app.post<WithId>("/pos-servers/:id", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    if (!posServer) return reply.callNotFound();
    const { id: posServerId, organizationId } = posServer;
    const { typed, ...form } = readChangedPosServerForm(request.body, posServer.connection);
    const { name, pollIntervalMs, connection, problems } = form;
    const isSaved = await db.transaction().execute(async (trx) => {
      if (await isNameTaken(trx, organizationId, name, posServerId)) {
        problems.name = "posServer.problem.nameTaken";
      }
      if (!connection || Object.keys(problems).length > 0) return false;
      const detail = describe(posServer, { name, pollIntervalMs, connection });
      if (detail.length === 0) return true;
      await changePosServer(trx, posServer, { name, pollIntervalMs });
      await reconnectPosServer(trx, app.secretBox, posServerId, connection);
      const about = aboutPosServer({ id: posServerId, name, organizationId });
      const event = { action: "pos_server_change", ...about, detail } as const;
      await recordEvent(trx, request.actor(), event, app.clock());
      return true;
    });
    if (isSaved) {
      const url = `/pos-servers/${posServerId}`;
      if (isDeepStrictEqual(connection, posServer.connection)) return reply.leadTo(url);
      const outcome = await app.pollNow(posServerId, { isChanged: true });
      return reply.tellOnce(url, POLL_ANSWER, pollAnswer(outcome));
    }
    reply.code(422);
    const model = changedPosServerModel(request.viewer, posServer, { typed, problems });
    return await reply.page("organizations/edit-pos-server", model);
  });
}

function typedOf({ name, pollIntervalMs, connection }: RegisteredPosServer): PosServerForm["typed"] {
  return {
    name,
    pollInterval: pollIntervalMs === null ? "" : String(pollIntervalMs / 1000),
    address: connection.address ?? "",
    fingerprint: connection.fingerprint ?? "",
    acceptIdentity: "",
  };
}

function describe(
  before: RegisteredPosServer,
  after: Pick<RegisteredPosServer, "name" | "pollIntervalMs" | "connection">,
): AuditDetail {
  const { connection: was } = before;
  const { connection: is } = after;
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);
  const changes = describeChanges({
    name: [before.name, after.name],
    address: [was.address, is.address],
    fingerprint: [was.fingerprint, is.fingerprint],
    identity: [was.identity, is.identity],
    interval: [seconds(before.pollIntervalMs), seconds(after.pollIntervalMs)],
  });
  return was.token === is.token ? changes : [...changes, { key: "tokenReplaced", values: {} }];
}
