import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { errorText } from "../protocol/error-text.ts";
import { readVersion } from "./about/examine-machine.ts";
import { DATABASE_FILE } from "./database/data-folder.ts";
import { countFleet } from "./fleet/summary.ts";

interface Place {
  host: string;
  port: number;
}

type Variables = Record<keyof Place, string>;

/** Listens as configured. @returns the address of the pages. @throws Error that names the variable to change. */
export async function listen(app: FastifyInstance): Promise<string> {
  const { host, port, agentListener } = app.config;
  await app.ready();
  const agents =
    agentListener &&
    (await listenAt(agentListener, { host: "AGENT_HOST", port: "AGENT_PORT" }, () =>
      listenForAgents(app, agentListener),
    ));
  const address = await listenAt({ host, port }, { host: "HOST", port: "PORT" }, () =>
    app.listen({ host, port }),
  );
  if (agents) app.log.info(agents, "Agents are answered at a port of their own");
  const { dataDir } = app.config;
  const databaseBytes = statSync(join(dataDir, DATABASE_FILE)).size;
  const about = { version: readVersion(), address, dataDir, databaseBytes };
  app.log.info({ ...about, posServers: await countFleet(app.database.db) }, "Poswatch has started");
  return address;
}

async function listenAt<T>(place: Place, variables: Variables, begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    throw new Error(explain(error, place, variables), { cause: error });
  }
}

async function listenForAgents({ agentServer }: FastifyInstance, { host, port }: Place) {
  if (!agentServer) throw new Error("The app has no server for agents");
  await once(agentServer.listen({ host, port }), "listening");
  return agentServer.address();
}

function explain(error: unknown, { host, port }: Place, variables: Variables): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE") {
    return `${variables.port} is ${port}, where another program listens already (${code}): end that one, or set ${variables.port} to another.`;
  }
  if (code === "EACCES" || code === "EPERM") {
    return `${variables.port} is ${port}, where this user may not listen (${code}): ports below 1024 often need rights, set ${variables.port} to a higher one.`;
  }
  if (["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN", "EINVAL", "EAFNOSUPPORT"].includes(code)) {
    return `${variables.host} is "${host}", which is no address of this machine (${code}): set ${variables.host} to one of its own, or to 0.0.0.0 for all of them.`;
  }
  return `It cannot listen at ${variables.host} "${host}", ${variables.port} ${port}: ${errorText(error)}`;
}
