import { BlockList, isIP } from "node:net";

const REFUSED_SUBNETS: [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["fe80::", 10],
  ["ff00::", 8],
  // The same IPv4 subnets inside IPv6: compatible, NAT64 and 6to4.
  ["::a9fe:0", 112],
  ["64:ff9b::a9fe:0", 112],
  ["2002:a9fe::", 32],
];

/** Cloud metadata services that are not link-local: Alibaba, Azure, Oracle, AWS, Google. */
const REFUSED_ADDRESSES = [
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd20:ce::254",
];

const refused = new BlockList();
for (const [network, prefix] of REFUSED_SUBNETS) refused.addSubnet(network, prefix, familyOf(network));
for (const address of REFUSED_ADDRESSES) refused.addAddress(address, familyOf(address));

/**
 * Tells whether the monitor may connect to a literal IP address. Loopback and private ranges are allowed, since POS
 * servers live there; link-local, metadata, unspecified, multicast and reserved ones are not.
 */
export function isAllowedAddress(address: string): boolean {
  return !refused.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
