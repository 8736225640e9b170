import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { isAllowedAddress } from "../../pos-client/direct/address-check.ts";

/** Whether a host is a name, or an address that may be called; `[…]` around it as in URLs. */
export function isCallable(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, "");
  return isIP(plain) === 0 || isAllowedAddress(plain);
}

/** Finds the addresses of a name that may be called. */
export const lookupCallable: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses = (found ?? []).filter(({ address }) => isAllowedAddress(address));
    const [first] = addresses;
    if (error || !first) return callback(error ?? new Error(`no address of ${hostname} is allowed`), "", 4);
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
