import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

const refused = listOf(
  "0.0.0.0/8 169.254.0.0/16 224.0.0.0/4 240.0.0.0/4 ::/128 fe80::/10 ff00::/8",
  // Cloud metadata services that are not link-local: Alibaba, Azure, Oracle, AWS, Google.
  "100.100.100.200/32 168.63.129.16/32 192.0.0.192/32 fd00:ec2::254/128 fd20:ce::254/128",
);
/** Local networks, and this machine. */
const inner = listOf(
  "10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16 198.18.0.0/15",
  "::1/128 fc00::/7 fec0::/10",
);

function listOf(...networks: string[]): BlockList {
  const list = new BlockList();
  for (const network of networks.join(" ").split(" ")) {
    const [address = "", prefix] = network.split("/");
    list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

/** Prefixes of IPv6 addresses that contain an IPv4 address; `at`: the group of 16 bits where that begins. */
const EMBEDDING_PREFIXES: { prefix: number[]; at: number }[] = [
  { prefix: [0, 0, 0, 0, 0, 0], at: 6 }, // compatible
  { prefix: [0, 0, 0, 0, 0, 0xffff], at: 6 }, // mapped
  { prefix: [0, 0, 0, 0, 0xffff, 0], at: 6 }, // translated (SIIT)
  { prefix: [0x64, 0xff9b], at: 6 }, // NAT64
  { prefix: [0x2002], at: 1 }, // 6to4
];
/** Allows loopback and private ranges, as POS servers are there, but not link-local, metadata, multicast and reserved ones. */
export function isAllowedAddress(address: string): boolean {
  const [plain = ""] = address.split("%");
  if (refused.check(plain, familyOf(plain))) return false;
  return familyOf(plain) === "ipv4" || embeddedAddresses(plain).every(isAllowedAddress);
}

/** Whether a literal IP address belongs to the internet. */
export function isPublicAddress(address: string): boolean {
  const [plain = ""] = address.split("%");
  if (isIP(plain) === 0 || !isAllowedAddress(plain) || inner.check(plain, familyOf(plain))) return false;
  return familyOf(plain) === "ipv4" || embeddedAddresses(plain).every(isPublicAddress);
}

function embeddedAddresses(address: string): string[] {
  const groups = groupsOf(address);
  return EMBEDDING_PREFIXES.filter(
    ({ prefix }) => address !== "::1" && prefix.every((group, place) => groups[place] === group),
  ).map(({ at }) => {
    const [high = 0, low = 0] = groups.slice(at, at + 2);
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  });
}

/** The eight groups of 16 bits of an IPv6 address in any spelling. */
function groupsOf(address: string): number[] {
  const { hostname } = new URL(`http://[${address}]`);
  const [before = "", after = ""] = hostname.slice(1, -1).split("::");
  const read = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [read(before), read(after)];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}

/** Whether a host is a name, or an address that may be called; `[…]` around it as in URLs. */
export function isCallable(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, "");
  return isIP(plain) === 0 || isAllowedAddress(plain);
}

/** @throws when the host is an address that may not be called; names are checked by `lookupCallable`. */
export function requireCallable(host: string): void {
  if (!isCallable(host)) throw new Error(`address ${host} is not allowed`);
}

/** Finds only addresses that may be called. */
export const lookupCallable: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses = (found ?? []).filter(({ address }) => isAllowedAddress(address));
    const [first] = addresses;
    if (error || !first) return callback(error ?? new Error(`no address of ${hostname} is allowed`), "", 4);
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
