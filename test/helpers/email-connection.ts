import type {
  EmailSecurity,
  EmailServer,
} from "../../src/monitor/notifications/channels/email/connection.ts";
import type { EmailConnection } from "../../src/monitor/notifications/channels/email/send-email.ts";

export const EMAIL_PASSWORD = "пароль, 100% тайный";

/** What is different about a server. */
export type ServerChanges = Partial<Omit<EmailServer, "security">> & { security?: EmailSecurity };

/** How mail is sent to a server of this machine: by STARTTLS, without a login, to one person. */
export function emailConnection(server: ServerChanges, to: string[] = ["duty@example.ru"]): EmailConnection {
  const whole = {
    host: "127.0.0.1",
    port: 25,
    security: "starttls",
    login: "",
    from: "Poswatch <poswatch@example.ru>",
    authorities: "",
    ...server,
  };
  return { server: whole as EmailServer, target: { to }, secrets: { password: EMAIL_PASSWORD } };
}
