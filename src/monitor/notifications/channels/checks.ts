import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { isCallable } from "../../outgoing/allowed-address.ts";

const HOST = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?\.?$/u;
const MAX_HOST_LENGTH = 253;
const MAX_URL_LENGTH = 500;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const MAX_CERTIFICATES_LENGTH = 32_768;

/** Something that was typed, or the key of what is wrong with it and what its words say. */
export type Checked = { value: string } | { problem: string; values?: Record<string, string | number> };

/** Checks the name or address of a server. */
export function checkHost(text: string): Checked {
  const host = text.trim().replace(/^\[(.*)\]$/, "$1");
  if (host.length > MAX_HOST_LENGTH || (isIP(host) === 0 && !HOST.test(host)))
    return { problem: "channels.problem.host" };
  return isCallable(host) ? { value: host } : { problem: "channels.problem.addressRefused" };
}

/** Checks an address that programs call, without login and password. */
export function checkUrl(text: string): Checked {
  const typed = text.trim();
  const url = /^https?:\/\//i.test(typed) ? URL.parse(typed) : null;
  if (!url || url.username || url.password) return { problem: "settings.problem.url" };
  if (!isCallable(url.hostname)) return { problem: "channels.problem.addressRefused" };
  url.hash = "";
  return url.href.length > MAX_URL_LENGTH ? { problem: "channels.problem.urlLong" } : { value: url.href };
}

/** Checks where a proxy is. */
export function checkProxy(text: string): Checked {
  const typed = text.trim();
  const url = /^(?:https?|socks5):\/\//i.test(typed) ? URL.parse(typed) : null;
  const hasMore = url && (/[^/]/.test(url.pathname) || url.search || url.hash);
  if (!url || url.hostname === "" || url.username || url.password || hasMore)
    return { problem: "channels.problem.proxy" };
  if (!isCallable(url.hostname)) return { problem: "channels.problem.addressRefused" };
  const value = `${url.protocol}//${url.host}`;
  return value.length > MAX_HOST_LENGTH ? { problem: "channels.problem.proxy" } : { value };
}

/** Checks certificates of authorities as PEM. Whatever else stands around them goes. */
export function checkCertificates(text: string): Checked {
  // What is stored here is shown again.
  if (text.includes("PRIVATE KEY-----")) return { problem: "channels.problem.privateKey" };
  const found = text.replaceAll("\r\n", "\n").match(CERTIFICATE) ?? [];
  if (found.length === 0 || !found.every(isCertificate)) return { problem: "channels.problem.certificate" };
  const value = `${found.join("\n")}\n`;
  return value.length > MAX_CERTIFICATES_LENGTH
    ? { problem: "channels.problem.certificatesLong" }
    : { value };
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
