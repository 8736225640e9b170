import { isIP } from "node:net";

/** As in the example of RFC 8292: it names nobody, and Apple, which takes no name that cannot be there, takes it. */
const NOBODY = "mailto:push@example.com";
/** Names that are there only within a network, or nowhere. */
const INNER_NAME =
  /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa|test|example|invalid|onion)$/;

/**
 * Whom push services are told to ask about messages (`sub` of RFC 8292): the address of Poswatch where anybody could know it, without its
 * path. @param publicAddress `https://host:port/path`; empty = not known.
 */
export function subjectOf(publicAddress: string): string {
  const { protocol, hostname, origin } = URL.parse(publicAddress) ?? {};
  if (protocol !== "https:" || !hostname || !origin) return NOBODY;
  const name = hostname.replace(/\.$/, "");
  const isOuter = name.includes(".") && isIP(name) === 0 && !INNER_NAME.test(name);
  return isOuter ? origin : NOBODY;
}
