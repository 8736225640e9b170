import { createServer, type Socket } from "node:net";
import { listen } from "./listen.ts";
import type { Owner } from "./owner.ts";

/** The reply to a line by its verb, to nothing (`greeting`) and to a mail (`.`): with its code, `hang` or `break off`. */
export type SmtpScript = Record<string, string | ((line: string, mail: string) => string)>;

const USUAL: SmtpScript = {
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

/** A mail server that says what no library would, without TLS. */
export async function listenSmtp(t: Owner, script: SmtpScript = {}) {
  const replies = { ...USUAL, ...script };
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    let unread = "";
    let isMail = false;
    answer("greeting");
    socket.setEncoding("latin1").on("data", (text: string) => {
      unread += text;
      for (let end = endOf(unread, isMail); end > 0; end = endOf(unread, isMail)) {
        const said = unread.slice(0, end - 2);
        unread = unread.slice(end);
        if (!isMail) commands.push(said);
        isMail = (isMail ? answer(".", said) : answer(said)).startsWith("354");
      }
    });

    function answer(line: string, mail = ""): string {
      const own = replies[line.split(/[ :]/)[0] ?? ""] ?? "500 5.5.2 What?";
      const reply = typeof own === "function" ? own(line, mail) : own;
      if (reply === "break off") socket.destroy();
      else if (reply !== "hang") socket.write(`${reply}\r\n`);
      return reply;
    }
  });
  return { port: await listen(t, server), commands, connections: () => sockets.size };
}

/** Where the next line ends, or the mail; 0 = it has not come yet. */
function endOf(text: string, isMail: boolean): number {
  const end = isMail ? "\r\n.\r\n" : "\r\n";
  const start = text.indexOf(end);
  return start === -1 ? 0 : start + end.length;
}
