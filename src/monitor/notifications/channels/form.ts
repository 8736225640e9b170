import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { isCallable } from "../../outgoing/allowed-address.ts";

/** What was typed, by field. */
export type Typed = Readonly<Record<string, string>>;

/** Something that was typed, or the key of what is wrong with it and what its words say. */
export type Checked = { value: string } | { problem: string; values?: Record<string, string | number> };

/** A field of the form of a kind; the catalogs call it `channels.field.<label>`. */
export interface FormField {
  name: string;
  /** `name` unless told. */
  label?: string;
  /** `text` unless told; the options of a `select` are called `channels.<name>Option.<option>`. */
  control?: "text" | "email" | "secret" | "text-area" | "select";
  isRequired?: boolean;
  inputMode?: "numeric" | "url";
  /** The rest of `channels.hint.…`; none = it has no hint. */
  hint?: string;
  options?: readonly string[];
  /** Whether it stands beside the one before. */
  isBeside?: boolean;
  /** Whether nearly everybody leaves it as it is: it stands in a part that is opened for it. */
  isRare?: boolean;
  /** Checks what was typed, when anything was. */
  check(text: string): Checked;
  /** Of a secret, when it may be left out. */
  stays?: SecretStays;
}

/** A secret goes only by the way for which it was given: whoever changes that says it again. */
interface SecretStays {
  /** By which way it would go; null = it is not needed. */
  way(values: Typed): readonly unknown[] | null;
  /** What is wrong where none is stored; null = nothing. */
  missing: string | null;
  /** What is wrong where it is stored for another way. */
  again: string;
}

/** What a channel is that is changed, as it is stored; secrets are null where they cannot be opened. */
export interface Present<Settings, Secrets> {
  settings: Settings;
  secrets: Secrets | null;
}

/** The form of a kind of channels: its fields, and what they come to. */
export interface KindForm<Settings, Secrets> {
  fields: readonly FormField[];
  /** What stands in an empty one. */
  defaults: Typed;
  /** A channel as its fields show it. */
  typedOf(present: Present<Settings, Secrets>): Typed;
  /** What the summary of the rare fields is called in the catalogs. */
  rareSummary: string | null;
  /** Which secrets are stored, so that they may be left out. */
  knownSecrets(secrets: Secrets): readonly string[];
  /**
   * What the fields come to that are right each by itself; secrets that are left out stay as they are.
   * @param values as their checks have read them. @param present null = the channel is new.
   */
  termsOf(values: Typed, present: Present<Settings, Secrets> | null): KindTerms<Settings, Secrets>;
}

interface KindTerms<Settings, Secrets> {
  problems?: Record<string, string>;
  settings: Settings;
  secrets: Partial<Secrets>;
  /** A secret that was made, since there is none: it is told once. */
  made?: string;
}

const HOST = /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?\.?$/u;
const MAX_HOST_LENGTH = 253;
const MAX_URL_LENGTH = 500;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const MAX_CERTIFICATES_LENGTH = 32_768;

/** Checks a text that may be anything, within a length: `channels.problem.<name>Long` says `max`. */
export function checkLength(name: string, max: number, isTrimmed = true) {
  return (text: string): Checked => {
    const value = isTrimmed ? text.trim() : text;
    return value.length > max
      ? { problem: `channels.problem.${name}Long`, values: { [`${name}Max`]: max } }
      : { value };
  };
}

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
