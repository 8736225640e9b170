import { isDeepStrictEqual } from "node:util";
import type { FastifyInstance, FastifyReply } from "fastify";
import { Type } from "typebox";
import { type AuditDetail, describeChanges } from "../audit-log/detail.ts";
import { aboutPosServer, recordEvent } from "../audit-log/record-event.ts";
import { readForm, Text, type WithId } from "../forms/fields.ts";
import { found } from "../plugins/found.ts";
import { POLL_ANSWER, pollAnswer } from "../polling/ask-pos-server.ts";
import { findOrganization } from "../registry/organizations.ts";
import {
  changePosServer,
  findRegisteredPosServer,
  isIdentityTaken,
  isNameTaken,
  type RegisteredPosServer,
} from "../registry/pos-servers.ts";
import {
  addPosServer,
  type PosServerConnection,
  posServerEvent,
  reconnectPosServer,
} from "../registry/registry.ts";
import {
  type PosServerForm,
  readChangedPosServerForm,
  readNewPosServerForm,
  readPairing,
} from "./pos-server-form.ts";
import { changedPosServerModel, newPosServerModel, reconnectModel } from "./pos-server-form-model.ts";

const PairingForm = Type.Object({ pairingString: Text });

/** Adding and changing; «Подключить заново» keeps the history. Tokens are accepted, but never shown. */
export async function registeredPosServerRoutes(app: FastifyInstance): Promise<void> {
  const { db } = app.database;
  const access = { config: { access: "administrator" } } as const;
  const findActive = async (id: string) => {
    const organization = await findOrganization(db, id);
    return found(organization?.archivedAt === null ? organization : null);
  };
  const find = async (id: string) => found(await findRegisteredPosServer(db, app.secretBox, id));

  app.get<WithId>("/organizations/:id/pos-servers/new", access, async (request, reply) => {
    const organization = await findActive(request.params.id);
    const { typed } = readNewPosServerForm({});
    const model = newPosServerModel(request.viewer, organization, { typed, problems: {} });
    return await reply.page("organizations/new-pos-server", model);
  });

  app.post<WithId>("/organizations/:id/pos-servers", access, async (request, reply) => {
    const organization = await findActive(request.params.id);
    const { id: organizationId } = organization;
    const { typed, name, pollIntervalMs, connection, problems } = readNewPosServerForm(request.body);
    const now = app.clock();
    const id = await db.transaction().execute(async (trx) => {
      if (await isNameTaken(trx, organizationId, name, null)) problems.name = "posServer.problem.nameTaken";
      if (await isIdentityTaken(trx, connection?.identity ?? null, null)) {
        problems.pairingString = "posServer.problem.identityTaken";
      }
      if (!connection || Object.keys(problems).length > 0) return null;
      const posServer = { organizationId, name, ...connection, pollIntervalMs, isParked: false };
      const posServerId = await addPosServer(trx, app.secretBox, posServer, now);
      const event = posServerEvent("pos_server_create", posServer, posServerId);
      await recordEvent(trx, request.actor(), event, now);
      return posServerId;
    });
    if (id !== null) return await showPolled(reply, id);
    reply.code(422);
    const model = newPosServerModel(request.viewer, organization, { typed, problems });
    return await reply.page("organizations/new-pos-server", model);
  });

  app.get<WithId>("/pos-servers/:id/edit", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    const form = { typed: typedOf(posServer), problems: {} };
    const model = changedPosServerModel(request.viewer, posServer, form);
    return await reply.page("organizations/edit-pos-server", model);
  });

  app.post<WithId>("/pos-servers/:id", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    const { id: posServerId, organizationId } = posServer;
    const { typed, ...form } = readChangedPosServerForm(request.body, posServer.connection);
    const { name, pollIntervalMs, keepsLogLines, connection, problems } = form;
    const isSaved = await db.transaction().execute(async (trx) => {
      if (await isNameTaken(trx, organizationId, name, posServerId)) {
        problems.name = "posServer.problem.nameTaken";
      }
      if (!connection || Object.keys(problems).length > 0) return false;
      const detail = describe(posServer, { name, pollIntervalMs, keepsLogLines, connection });
      if (detail.length === 0) return true;
      await changePosServer(trx, posServer, { name, pollIntervalMs, keepsLogLines });
      await reconnectPosServer(trx, app.secretBox, posServerId, connection);
      const about = aboutPosServer({ id: posServerId, name, organizationId });
      const event = { action: "pos_server_change", ...about, detail } as const;
      await recordEvent(trx, request.actor(), event, app.clock());
      return true;
    });
    if (isSaved) {
      const isConnectedAlike = isDeepStrictEqual(connection, posServer.connection);
      return isConnectedAlike
        ? reply.leadTo(`/pos-servers/${posServerId}`)
        : await showPolled(reply, posServerId);
    }
    reply.code(422);
    const model = changedPosServerModel(request.viewer, posServer, { typed, problems });
    return await reply.page("organizations/edit-pos-server", model);
  });

  app.get<WithId>("/pos-servers/:id/connections/new", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    return await reply.page("organizations/reconnect", reconnectModel(request.viewer, posServer, {}));
  });

  app.post<WithId>("/pos-servers/:id/connections", access, async (request, reply) => {
    const posServer = await find(request.params.id);
    const { id: posServerId, name, organizationId } = posServer;
    const { pairingString } = readForm(PairingForm, request.body);
    const { connection, problems } = readPairing(pairingString);
    const isSaved = await db.transaction().execute(async (trx) => {
      if (!connection) return false;
      if (await isIdentityTaken(trx, connection.identity, posServerId)) {
        problems.pairingString = "posServer.problem.identityTaken";
        return false;
      }
      await reconnectPosServer(trx, app.secretBox, posServerId, connection);
      const detail = describeChanges(connectionChanges(posServer.connection, connection));
      const about = aboutPosServer({ id: posServerId, name, organizationId });
      const event = { action: "pos_server_reconnect", ...about, detail } as const;
      await recordEvent(trx, request.actor(), event, app.clock());
      return true;
    });
    if (isSaved) return await showPolled(reply, posServerId);
    reply.code(422);
    return await reply.page("organizations/reconnect", reconnectModel(request.viewer, posServer, problems));
  });

  async function showPolled(reply: FastifyReply, id: number) {
    const outcome = await app.pollNow(id, { isChanged: true });
    return reply.flash(`/pos-servers/${id}`, POLL_ANSWER, pollAnswer(outcome));
  }
}

function typedOf({
  name,
  pollIntervalMs,
  keepsLogLines,
  connection,
}: RegisteredPosServer): PosServerForm["typed"] {
  return {
    name,
    pollInterval: pollIntervalMs === null ? "" : String(pollIntervalMs / 1000),
    address: connection.address ?? "",
    fingerprint: connection.fingerprint ?? "",
    acceptIdentity: "",
    keepsLogLines: keepsLogLines ? "1" : "",
  };
}

function connectionChanges(before: PosServerConnection, after: PosServerConnection) {
  return {
    address: [before.address, after.address],
    fingerprint: [before.fingerprint, after.fingerprint],
    identity: [before.identity, after.identity],
  } satisfies Parameters<typeof describeChanges>[0];
}

function describe(
  before: RegisteredPosServer,
  after: Pick<RegisteredPosServer, "name" | "pollIntervalMs" | "keepsLogLines" | "connection">,
): AuditDetail {
  const { connection: was } = before;
  const { connection: is } = after;
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);
  const changes = describeChanges({
    name: [before.name, after.name],
    ...connectionChanges(was, is),
    logLines: [before.keepsLogLines, after.keepsLogLines],
    interval: [seconds(before.pollIntervalMs), seconds(after.pollIntervalMs)],
  });
  return was.token === is.token ? changes : [...changes, { key: "tokenReplaced", values: {} }];
}
