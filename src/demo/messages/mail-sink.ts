import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from "smtp-server";
import { type Mail, readMail } from "./read-mail.ts";

const HOST = "127.0.0.1";
const KEPT_MAILS = 100;
const MAX_CLIENTS = 20;
const CLOSE_TIMEOUT_MS = 10;

/** `from` and `to` are of the envelope. */
export interface SunkMail extends Mail {
  id: number;
  /** ms UTC. */
  receivedAt: number;
  from: string;
  to: string[];
  isEncrypted: boolean;
  /** Of the sender; null = none. */
  login: string | null;
}

export interface MailSinkOptions {
  /** 0 = any. */
  port?: number;
  /** Without it the server neither encrypts nor asks for a login. */
  server?: SMTPServerOptions;
}

export type MailSink = Awaited<ReturnType<typeof createMailSink>>;

/** A mail server on 127.0.0.1 that delivers nothing, and keeps the latest mails in memory. */
export async function createMailSink({ port = 0, server: own }: MailSinkOptions = {}) {
  const mails: SunkMail[] = [];
  let count = 0;
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    maxClients: MAX_CLIENTS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    ...own,
    onData(stream, session, callback) {
      buffer(stream).then((raw) => {
        count += 1;
        mails.push(sunkMail(count, raw, session));
        if (mails.length > KEPT_MAILS) mails.shift();
        callback(null, `Ok: queued as ${count}`);
      }, callback);
    },
  });
  // Senders may go away.
  server.on("error", () => undefined);
  const listener = server.listen(port, HOST);
  await once(listener, "listening");
  return {
    port: (listener.address() as AddressInfo).port,
    /** Oldest first. */
    mails: (): readonly SunkMail[] => mails,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

function sunkMail(id: number, raw: Buffer, { envelope, secure, user }: SMTPServerSession): SunkMail {
  return {
    id,
    receivedAt: Date.now(),
    from: envelope.mailFrom ? envelope.mailFrom.address : "",
    to: envelope.rcptTo.map(({ address }) => address),
    isEncrypted: secure,
    login: typeof user === "string" ? user : null,
    ...readMail(raw),
  };
}
