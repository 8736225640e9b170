import { once } from "node:events";
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from "smtp-server";
import { type Mail, readMail } from "./read-mail.ts";

const HOST = "127.0.0.1";
const KEPT_MAILS = 100;
const MAX_MAIL_BYTES = 256 * 1024;
const MAX_CLIENTS = 20;
/** How long connections may last that are not over when it closes. */
const CLOSE_TIMEOUT_MS = 10;
const TOO_LARGE = 552;

/** A mail that nobody gets. */
export interface SunkMail extends Mail {
  /** Counted from 1. */
  id: number;
  /** ms UTC. */
  receivedAt: number;
  /** As the server was told, whatever the headers say. */
  from: string;
  to: string[];
  isEncrypted: boolean;
  /** As what the sender logged in; null = as nobody. */
  login: string | null;
}

/** A mail server that delivers nothing: whoever wants to see what was sent looks here. */
export interface MailSink {
  port: number;
  /** The latest ones, in the order in which they came. */
  mails(): readonly SunkMail[];
  close(): Promise<void>;
}

export interface MailSinkOptions {
  /** A free one unless told. */
  port?: number;
  /** Called after each mail that is there. */
  onChange?: () => void;
  /** What the server does else: without it, it neither encrypts nor asks for a login. */
  server?: SMTPServerOptions;
}

/** Takes mail on 127.0.0.1, and keeps the latest of it in memory. */
export async function createMailSink({
  port = 0,
  onChange,
  server: own,
}: MailSinkOptions = {}): Promise<MailSink> {
  const mails: SunkMail[] = [];
  let count = 0;
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    maxClients: MAX_CLIENTS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    ...own,
    onData(stream, session, callback) {
      readAll(stream).then(
        (raw) => {
          if (stream.sizeExceeded)
            return callback(Object.assign(new Error("Message is too large"), { responseCode: TOO_LARGE }));
          count += 1;
          mails.push(sunkMail(count, raw, session));
          if (mails.length > KEPT_MAILS) mails.shift();
          callback(null, `Ok: queued as ${count}`);
          onChange?.();
        },
        (error: Error) => callback(error),
      );
    },
  });
  // Of senders that go away; why it does not listen is what `once` rejects with.
  server.on("error", () => undefined);
  const listener = server.listen(port, HOST);
  await once(listener, "listening");
  const address = listener.address();
  if (!address || typeof address === "string") throw new Error("the mail sink listens on no port");
  return {
    port: address.port,
    mails: () => mails,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** What is too much is not kept. */
async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (!stream.sizeExceeded) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
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
