import type { FastifyRequest } from "fastify";
import type { Db } from "../database/schema.ts";
import { readSettings } from "./settings.ts";

/** The address of the pages, for links in messages; empty = it is not set. */
export async function readPagesAddress(db: Db): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(db);
  return pagesUrl || publicAddress;
}

/**
 * The whole link to a page, to be passed on. It uses the `Host` of the request, which its sender may have forged, only while no
 * address of the pages is set. An own port of agents has no pages.
 */
export async function pageLink({ server, protocol, host }: FastifyRequest, path: string): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(server.database.db);
  const address = pagesUrl || (server.config.agentListener === null && publicAddress);
  return linkAt(address || `${protocol}://${host}`, path);
}

/** The link to a page at an address, which may end with a slash. */
export function linkAt(address: string, path: string): string {
  return `${address.replace(/\/+$/, "")}${path}`;
}
