import type { FastifyRequest } from "fastify";
import type { Db } from "../database/schema.ts";
import { readSettings } from "./settings.ts";

/** For links in messages; empty = not set. */
export async function readPagesAddress(db: Db): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(db);
  return pagesUrl || publicAddress;
}

/**
 * A link to be passed on. The `Host` of the request, which its sender may forge, counts only while no address is set. The
 * agents' own port has no pages.
 */
export async function pageLink({ server, protocol, host }: FastifyRequest, path: string): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(server.database.db);
  const address = pagesUrl || (server.config.agentListener === null && publicAddress);
  return linkAt(address || `${protocol}://${host}`, path);
}

/** @param address may end with a slash. */
export function linkAt(address: string, path: string): string {
  return `${address.replace(/\/+$/, "")}${path}`;
}
