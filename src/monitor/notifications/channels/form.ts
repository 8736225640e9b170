import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { isHostname, parseHttpUrl } from "../../../protocol/http-url.ts";
import { isCallable } from "../../outgoing/allowed-address.ts";

/** Texts by the names of fields, as typed and as stored. */
export type Typed = Readonly<Record<string, string>>;

/** A valid value, or the key of the problem with the values of its text. */
export type Checked = { value: string } | { problem: string; values?: Record<string, string | number> };

/** The catalogs call it `channels.field.<label>`. */
export interface FormField {
  name: string;
  /** Default: `name`. */
  label?: string;
  /** Default: `text`; the options of a `select` are called `channels.<name>Option.<option>`. */
  control?: "text" | "email" | "secret" | "text-area" | "select";
  isRequired?: boolean;
  inputMode?: "numeric" | "url";
  /** The rest of the key `channels.hint.…`. */
  hint?: string;
  options?: readonly string[];
  /** Whether it is placed beside the field before it. */
  isBeside?: boolean;
  /** Whether it is in a part that is closed at first. */
  isRare?: boolean;
  /** Default: 500. */
  maxLength?: number;
  /** @param text is not empty, and trimmed unless it is a secret. */
  check?(text: string): Checked;
  /**
   * Where a secret is sent; null = nowhere, so none is stored. A stored secret is only sent where it was typed for: after a
   * change of that it has to be typed again.
   */
  sentTo?(values: Typed): readonly unknown[] | null;
  /** Whether a secret that nobody has typed is made. */
  isGenerated?: boolean;
}

const HOST = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?\.?$/u;
const MAX_HOST_LENGTH = 253;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
export const MAX_CERTIFICATES_LENGTH = 32_768;

export function checkPattern(pattern: RegExp, problem: string) {
  return (text: string): Checked => (pattern.test(text.trim()) ? { value: text.trim() } : { problem });
}

export function checkHost(text: string): Checked {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  if (host.length > MAX_HOST_LENGTH || (isIP(host) === 0 && !(HOST.test(host) && isHostname(host))))
    return { problem: "channels.problem.host" };
  return isCallable(host) ? { value: host } : { problem: "channels.problem.addressRefused" };
}

/** Checks a URL without login and password. */
export function checkUrl(text: string): Checked {
  const url = parseHttpUrl(text);
  if (!url || url.username || url.password) return { problem: "settings.problem.url" };
  if (!isCallable(url.hostname)) return { problem: "channels.problem.addressRefused" };
  url.hash = "";
  return { value: url.href };
}

export function checkProxy(text: string): Checked {
  const url = /^(?:https?|socks5):\/\//i.test(text) ? URL.parse(text) : null;
  const hasMore = url && (/[^/]/.test(url.pathname) || url.search || url.hash);
  if (!url || !isHostname(url.hostname) || url.username || url.password || hasMore)
    return { problem: "channels.problem.proxy" };
  if (!isCallable(url.hostname)) return { problem: "channels.problem.addressRefused" };
  return { value: `${url.protocol}//${url.host}` };
}

/** Checks certificates of authorities as PEM; text around them is dropped. */
export function checkCertificates(text: string): Checked {
  // Certificates are shown again, private keys must not be.
  if (text.includes("PRIVATE KEY-----")) return { problem: "channels.problem.privateKey" };
  const found = text.replaceAll("\r\n", "\n").match(CERTIFICATE) ?? [];
  if (found.length === 0 || !found.every(isCertificate)) return { problem: "channels.problem.certificate" };
  return { value: `${found.join("\n")}\n` };
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
