import type { FastifyRequest } from "fastify";
import type { Db } from "../database/schema.ts";
import { readSettings } from "./settings.ts";

/** Where the links of messages lead; empty = nobody has said where people open the pages. */
export async function readPagesAddress(db: Db): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(db);
  return pagesUrl || publicAddress;
}

/**
 * The whole link to a page, for somebody to hand on. Only while no address of the pages is set it leads to the one that the
 * request names (`Host`), which is whatever its sender wrote. Where agents have a port of their own, theirs has no pages.
 */
export async function pageLink({ server, protocol, host }: FastifyRequest, path: string): Promise<string> {
  const { pagesUrl, publicAddress } = await readSettings(server.database.db);
  const address = pagesUrl || (server.config.agentListener === null && publicAddress);
  return linkAt(address || `${protocol}://${host}`, path);
}

/** A page at an address, `https://host/path`, with or without a slash at its end. */
export function linkAt(address: string, path: string): string {
  return `${address.replace(/\/+$/, "")}${path}`;
}
