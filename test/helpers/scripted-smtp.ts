import { createServer, type Socket } from "node:net";
import { listen } from "./listen.ts";
import type { Owner } from "./owner.ts";

/** A reply with its code, or none at all. */
export type SmtpReply = string | "hang" | "break off";

/** What a server says to a line; `.` is the end of a mail. What is not named is answered as by any server. */
export interface SmtpScript {
  greeting?: SmtpReply;
  EHLO?: SmtpReply;
  HELO?: SmtpReply;
  STARTTLS?: SmtpReply;
  AUTH?: SmtpReply | ((line: string) => SmtpReply);
  MAIL?: SmtpReply;
  RCPT?: SmtpReply | ((line: string) => SmtpReply);
  DATA?: SmtpReply;
  "."?: SmtpReply;
}

const USUAL: Required<SmtpScript> = {
  greeting: "220 mx.example.ru ESMTP",
  EHLO: "250 mx.example.ru",
  HELO: "250 mx.example.ru",
  STARTTLS: "502 5.5.1 Command not implemented",
  AUTH: "235 2.7.0 Authentication successful",
  MAIL: "250 2.1.0 Ok",
  RCPT: "250 2.1.5 Ok",
  DATA: "354 End data with <CR><LF>.<CR><LF>",
  ".": "250 2.0.0 Ok: queued as 123",
};

export interface ScriptedSmtp {
  port: number;
  /** Every line that was understood as a command. */
  commands: string[];
  /** How many connections are open. */
  connections(): number;
}

/** A mail server that says what no library would, without TLS. */
export async function listenSmtp(t: Owner, script: SmtpScript = {}): Promise<ScriptedSmtp> {
  const replies = { ...USUAL, ...script };
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    let unread = "";
    let isMail = false;
    say(socket, replies.greeting);
    socket.setEncoding("latin1").on("data", (text: string) => {
      unread += text;
      for (let end = endOf(unread, isMail); end > 0; end = endOf(unread, isMail)) {
        const line = isMail ? "." : unread.slice(0, end - 2);
        unread = unread.slice(end);
        if (!isMail) commands.push(line);
        isMail = say(socket, replyTo(replies, line)).startsWith("354");
      }
    });
  });
  const port = await listen(t, server);
  return { port, commands, connections: () => sockets.size };
}

/** Where the next line ends, or the mail; 0 = it has not come yet. */
function endOf(text: string, isMail: boolean): number {
  const end = isMail ? "\r\n.\r\n" : "\r\n";
  const start = text.indexOf(end);
  return start === -1 ? 0 : start + end.length;
}

function replyTo(replies: Required<SmtpScript>, line: string): SmtpReply {
  const verb = line === "." ? "." : (line.split(/[ :]/)[0] ?? "");
  const reply = verb in replies ? replies[verb as keyof SmtpScript] : "500 5.5.2 What?";
  return typeof reply === "function" ? reply(line) : reply;
}

function say(socket: Socket, reply: SmtpReply): string {
  if (reply === "break off") socket.destroy();
  else if (reply !== "hang") socket.write(`${reply}\r\n`);
  return reply;
}
