import { createServer } from "node:net";
import t from "tap";
import { createEmailSend } from "../../../src/monitor/notifications/channels/email/send-email.ts";
import { emailConnection } from "../../helpers/email-connection.ts";
import { listen } from "../../helpers/listen.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { listenSmtp } from "../../helpers/scripted-smtp.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const never = new AbortController().signal;

for (const [security, detail] of [
  ["starttls", "ETIMEDOUT: Greeting never received: it may want TLS from the start"],
  ["tls", "ETIMEDOUT: TLS handshake timed out"],
] as const) {
  t.test(`a server that says nothing is left, security ${security}`, async (t) => {
    const smtp = await listenSmtp(t, { greeting: "hang" });
    const send = createEmailSend(emailConnection({ port: smtp.port, security }), { greetingTimeoutMs: 50 });
    t.match(await send(toldIncident(), never), { failure: "temporary", detail });
    await waitFor(() => smtp.connections() === 0);
  });
}

for (const where of ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."]) {
  t.test(`a server that hangs at ${where} is left in time, or with the reason of the signal`, async (t) => {
    const smtp = await listenSmtp(t, { [where]: "hang" });
    const connection = emailConnection({ port: smtp.port, security: "none" });
    const outcome = await createEmailSend(connection, { sendTimeoutMs: 300 })(toldIncident(), never);
    t.match(outcome, { failure: "temporary", detail: "not sent within 300 ms" });
    await waitFor(() => smtp.connections() === 0);
    const ending = new AbortController();
    const sending = createEmailSend(connection)(toldIncident(), ending.signal);
    await waitFor(() => smtp.connections() === 1);
    const reason = new Error("Poswatch stops");
    ending.abort(reason);
    await t.rejects(sending, reason);
    await waitFor(() => smtp.connections() === 0);
  });
}

t.test("a mail that is taken is sent, however the server says goodbye", async (t) => {
  for (const QUIT of ["hang", "break off", "221 Bye"]) {
    const smtp = await listenSmtp(t, { QUIT });
    const send = createEmailSend(emailConnection({ port: smtp.port, security: "none" }));
    t.match(await send(toldIncident(), never), { ok: true });
    await waitFor(() => smtp.connections() === 0);
  }
});

t.test("what has ended already is not begun, and nobody is written to who cannot be", async (t) => {
  const smtp = await listenSmtp(t);
  const server = { port: smtp.port, security: "none" } as const;
  const send = createEmailSend(emailConnection(server));
  await t.rejects(send(toldIncident(), AbortSignal.abort(new Error("over"))), { message: "over" });
  for (const [wrong, detail] of [
    [emailConnection(server, ["duty@example.ru", "nobody"]), "no address: nobody"],
    [emailConnection({ ...server, from: "Poswatch <>" }), "no address: Poswatch <>"],
    [emailConnection({ ...server, from: "a@example.ru, b@example.ru" }), /^no address: a@/],
  ] as const)
    t.match(await createEmailSend(wrong)(toldIncident(), never), { failure: "recipient", detail });
  t.same(smtp.commands, []);
});

t.test("where nobody is, or nobody may be called, is told as the system says it", async (t) => {
  const server = createServer();
  const port = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  for (const [where, detail] of [
    [{ port }, /ECONNREFUSED/],
    [{ host: "mail.invalid" }, /mail\.invalid/],
    [{ host: "[::ffff:169.254.169.254]" }, "address ::ffff:169.254.169.254 is not allowed"],
  ] as const)
    t.match(await createEmailSend(emailConnection(where))(toldIncident(), never), {
      ...{ failure: "temporary", detail },
    });
});
