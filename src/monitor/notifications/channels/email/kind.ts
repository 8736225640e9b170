import { type Checked, checkCertificates, checkHost, MAX_CERTIFICATES_LENGTH } from "../form.ts";
import type { Kind } from "../kind.ts";
import { readMailAddress } from "./compose-email.ts";
import { createEmailSend, type EmailSecrets, type EmailSettings } from "./send-email.ts";

const MAX_PORT = 65_535;
const MAX_RECIPIENTS = 20;
const MAX_ADDRESS_LENGTH = 254;
const SHOWN_ADDRESS_LENGTH = 100;
const NAMED_RECIPIENTS = 2;
const DOMAIN =
  /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u;

export const emailKind: Kind<EmailSettings, EmailSecrets> = {
  fields: [
    { name: "to", isRequired: true, hint: "to", maxLength: 10_000, check: checkRecipients },
    { name: "from", isRequired: true, hint: "from", check: checkSender },
    { name: "host", isRequired: true, inputMode: "url", hint: "host", check: checkHost },
    { name: "port", isRequired: true, inputMode: "numeric", isBeside: true, check: checkPort },
    {
      name: "security",
      control: "select",
      options: ["starttls", "tls", "none"],
      isRequired: true,
      hint: "security",
    },
    { name: "login", hint: "login" },
    {
      name: "password",
      control: "secret",
      isRequired: true,
      isBeside: true,
      sentTo: ({ login, host, port, security, authorities }) =>
        login === "" ? null : [host, port, security, authorities],
    },
    {
      name: "authorities",
      control: "text-area",
      hint: "authorities.email",
      isRare: true,
      maxLength: MAX_CERTIFICATES_LENGTH,
      check: checkCertificates,
    },
  ],
  defaults: { port: "587", security: "starttls" },
  rareSummary: "authorities",
  createSend: (settings, secrets) => createEmailSend(settings, secrets),
  reach({ t }, { to }) {
    const all = to.split(", ");
    const others = all.length - NAMED_RECIPIENTS;
    if (others <= 1) return to;
    return [...all.slice(0, NAMED_RECIPIENTS), t("channels.reach.others", { others })].join(", ");
  },
  facts: ({ t }, { host, port, security, login, from }) => [
    { label: "server", text: `${host}:${port}, ${t(`channels.security.${security}`)}` },
    { label: "login", text: login || t("channels.noLogin") },
    { label: "from", text: from },
  ],
};

/** The field of a person's own mail channel, which uses the server of another one. */
export const OWN_RECIPIENT = {
  name: "to",
  label: "ownTo",
  control: "email",
  isRequired: true,
  check: checkRecipient,
} as const;

function checkRecipient(text: string): Checked {
  const value = readRecipient(text);
  return value === null ? { problem: "channels.problem.oneRecipient" } : { value };
}

/** null when it is no address. */
function readRecipient(text: string): string | null {
  const { address = "" } = readMailAddress(text) ?? {};
  const domain = address.slice(address.lastIndexOf("@") + 1);
  return address !== "" && address.length <= MAX_ADDRESS_LENGTH && DOMAIN.test(domain) ? address : null;
}

function checkRecipients(text: string): Checked {
  const typed = text.split(/[,;\n]/).filter((part) => part.trim() !== "");
  const wrong = typed.find((part) => readRecipient(part) === null)?.trim();
  if (wrong !== undefined) {
    const values = { address: wrong.slice(0, SHOWN_ADDRESS_LENGTH) };
    return { problem: "channels.problem.recipient", values };
  }
  const to = [...new Set(typed.map(readRecipient))];
  return to.length > MAX_RECIPIENTS
    ? { problem: "channels.problem.recipients", values: { maxRecipients: MAX_RECIPIENTS } }
    : { value: to.join(", ") };
}

function checkSender(text: string): Checked {
  const { name, address = "" } = readMailAddress(text) ?? {};
  if (readRecipient(address) === null) return { problem: "channels.problem.from" };
  return { value: name ? `${name} <${address}>` : address };
}

function checkPort(text: string): Checked {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port < 1 || port > MAX_PORT ? { problem: "channels.problem.port" } : { value: String(port) };
}
