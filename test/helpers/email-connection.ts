import type { Test } from "tap";
import { createMailSink, type MailSink, type MailSinkOptions } from "../../src/demo/messages/mail-sink.ts";
import type { EmailServer } from "../../src/monitor/notifications/channels/email/kind.ts";
import {
  createEmailSend,
  type EmailConnection,
} from "../../src/monitor/notifications/channels/email/send-email.ts";
import type { Send } from "../../src/monitor/notifications/channels/kind.ts";

export const EMAIL_PASSWORD = "пароль, 100% тайный";

/** How mail is sent to a server of this machine: by STARTTLS, without a login, to one person. */
export function emailConnection(
  server: Partial<EmailServer>,
  to: string[] = ["duty@example.ru"],
): EmailConnection {
  const usual = { host: "127.0.0.1", port: 25, security: "starttls", login: "", authorities: "" } as const;
  return {
    server: { ...usual, from: "Poswatch <poswatch@example.ru>", ...server },
    target: { to },
    secrets: { password: EMAIL_PASSWORD },
  };
}

/** A mail server that keeps what it takes, and what sends to it: without encryption unless told. */
export async function sinkMail(
  t: Test,
  options: MailSinkOptions["server"] = {},
  server: Partial<EmailServer> = { security: "none" },
  to?: string[],
): Promise<{ sink: MailSink; send: Send }> {
  const sink = await createMailSink({ server: options });
  t.teardown(() => sink.close());
  return { sink, send: createEmailSend(emailConnection({ port: sink.port, ...server }, to)) };
}
