import { domainToASCII } from "node:url";
import { plainLine } from "../plain-text.ts";

const NAME_AND_ADDRESS = /^([^<>]*)<([^<>]+)>$/;
/** What every server takes; quoted names before the @ are none of it. */
const ADDRESS = /^[^\s@<>()[\],;:"\\]{1,64}@[^\s@<>()[\],;:"\\]{1,253}$/u;

/** A mailbox. */
export interface MailAddress {
  /** Empty = it has none. */
  name: string;
  address: string;
}

/** Reads `address` or `name <address>`. @returns null when it is neither. */
export function readMailAddress(text: string): MailAddress | null {
  const line = plainLine(text);
  const [, name = "", address = line] = NAME_AND_ADDRESS.exec(line) ?? [];
  if (!ADDRESS.test(address.trim())) return null;
  return { name: name.trim().replace(/^"(.*)"$/, "$1"), address: address.trim() };
}

/** The domain of an address, as in headers. */
export function domainOf({ address }: MailAddress): string {
  return domainToASCII(address.slice(address.lastIndexOf("@") + 1)) || "localhost";
}
