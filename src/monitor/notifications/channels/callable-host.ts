import type { LookupFunction } from "node:net";
import { isCallable, lookupCallable } from "../../polling/own-network/callable.ts";

const ADDRESS_REFUSED = "ERR_ADDRESS_REFUSED";

/** @throws Error that `isAddressRefused` knows, when the host is an address that may not be called; a name is looked at by its lookup. */
export function requireCallable(host: string): void {
  if (!isCallable(host)) throw addressRefused(`address ${host} is not allowed`);
}

/** Finds the addresses of a name that may be called; when there are only others, its error is one that `isAddressRefused` knows. */
export const lookupAllowed: LookupFunction = (hostname, options, callback) => {
  lookupCallable(hostname, options, (error, ...found) => {
    const isOfSystem = error !== null && "code" in error;
    callback(error && !isOfSystem ? addressRefused(error.message) : error, ...found);
  });
};

/** Whether somebody was not called since the address is not allowed. */
export function isAddressRefused(error: Error): boolean {
  return "code" in error && error.code === ADDRESS_REFUSED;
}

function addressRefused(message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code: ADDRESS_REFUSED });
}
