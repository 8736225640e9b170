import { defineKind } from "../kind.ts";
import { EmailSecrets, EmailServer, EmailTarget, emailForm } from "./form.ts";
import { createEmailSend } from "./send-email.ts";

const NAMED_RECIPIENTS = 2;

export const emailKind = defineKind(
  { server: EmailServer, target: EmailTarget, secrets: EmailSecrets },
  {
    createSend: (connection) => createEmailSend(connection),
    form: emailForm,
    reach({ t }, { to }) {
      const named = to.length > NAMED_RECIPIENTS + 1 ? to.slice(0, NAMED_RECIPIENTS) : to;
      const others = to.length - named.length;
      return [...named, ...(others > 0 ? [t("channels.reach.others", { others })] : [])].join(", ");
    },
    reachInFull: ({ to }) => to.join(", "),
    facts: ({ t }, { host, port, security, login, from }) => [
      { label: "server", text: `${host}:${port}, ${t(`channels.security.${security}`)}` },
      { label: "login", text: login || t("channels.noLogin") },
      { label: "from", text: from },
    ],
  },
);
