import type { Test } from "tap";
import { createMailSink, type MailSink, type MailSinkOptions } from "../../src/demo/messages/mail-sink.ts";
import {
  createEmailSend,
  type EmailSettings,
} from "../../src/monitor/notifications/channels/email/send-email.ts";
import type { Send } from "../../src/monitor/notifications/channels/kind.ts";

export const EMAIL_PASSWORD = "пароль, 100% тайный";

type Limits = Parameters<typeof createEmailSend>[2];

/** Sends to a server of this machine: by STARTTLS, without a login, to one person, unless told. */
export function sendByServer(
  port: number,
  changes: Partial<EmailSettings> = {},
  { password = EMAIL_PASSWORD, ...limits }: Limits & { password?: string } = {},
): Send {
  const usual = { host: "127.0.0.1", port: String(port), security: "starttls", login: "", authorities: "" };
  const people = { from: "Poswatch <poswatch@example.ru>", to: "duty@example.ru" };
  return createEmailSend({ ...usual, ...people, ...changes }, { password }, limits);
}

/** A mail server that keeps what it takes, and what sends to it: without encryption unless told. */
export async function sinkMail(
  t: Test,
  options: MailSinkOptions["server"] = {},
  changes: Partial<EmailSettings> = { security: "none" },
): Promise<{ sink: MailSink; send: Send }> {
  const sink = await createMailSink({ server: options });
  t.teardown(() => sink.close());
  return { sink, send: sendByServer(sink.port, changes) };
}
