import { createServer } from "node:net";
import t from "tap";
import { createEmailSend } from "../../../src/monitor/notifications/channels/email/send-email.ts";
import { emailConnection } from "../../helpers/email-connection.ts";
import { listen } from "../../helpers/listen.ts";
import { listenSmtp, type SmtpScript } from "../../helpers/scripted-smtp.ts";
import { toldIncident } from "../../helpers/told-incident.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const never = new AbortController().signal;
const HANGS: Record<string, SmtpScript> = {
  EHLO: { EHLO: "hang" },
  "the sender": { MAIL: "hang" },
  "the recipient": { RCPT: "hang" },
  DATA: { DATA: "hang" },
  "the mail": { ".": "hang" },
};

t.test("a server that says nothing is left, with a hint", async (t) => {
  const smtp = await listenSmtp(t, { greeting: "hang" });
  const connection = emailConnection({ port: smtp.port });
  const outcome = await createEmailSend(connection, { greetingTimeoutMs: 50 })(toldIncident(), never);
  t.match(outcome, {
    failure: "response_timeout",
    detail: "Greeting never received: it may want TLS from the start",
  });
  await waitFor(() => smtp.connections() === 0);
});

t.test("a server that shakes no hands is left", async (t) => {
  const smtp = await listenSmtp(t, { greeting: "hang" });
  const connection = emailConnection({ port: smtp.port, security: "tls" });
  const outcome = await createEmailSend(connection, { greetingTimeoutMs: 50 })(toldIncident(), never);
  t.match(outcome, { failure: "tls", detail: /handshake timed out/ });
  await waitFor(() => smtp.connections() === 0);
});

for (const [where, script] of Object.entries(HANGS)) {
  t.test(`a server that hangs at ${where} is left`, async (t) => {
    const smtp = await listenSmtp(t, script);
    const connection = emailConnection({ port: smtp.port, security: "none" });
    const outcome = await createEmailSend(connection, { sendTimeoutMs: 300 })(toldIncident(), never);
    t.match(outcome, { failure: "response_timeout", detail: "not sent within 300 ms", isOfMessage: false });
    await waitFor(() => smtp.connections() === 0);
  });
}

t.test("the signal ends it wherever it is, with its reason", async (t) => {
  for (const script of [{ greeting: "hang" } as const, ...Object.values(HANGS)]) {
    const smtp = await listenSmtp(t, script);
    const ending = new AbortController();
    const send = createEmailSend(emailConnection({ port: smtp.port, security: "none" }));
    const sending = send(toldIncident(), ending.signal);
    await waitFor(() => smtp.connections() === 1);
    const reason = new Error("Poswatch stops");
    ending.abort(reason);
    await t.rejects(sending, reason);
    await waitFor(() => smtp.connections() === 0);
  }
});

t.test("what has ended already is not begun", async (t) => {
  const smtp = await listenSmtp(t);
  const send = createEmailSend(emailConnection({ port: smtp.port, security: "none" }));
  await t.rejects(send(toldIncident(), AbortSignal.abort(new Error("over"))), { message: "over" });
  t.same(smtp.commands, []);
});

t.test("a port where nobody listens is named so", async (t) => {
  const server = createServer();
  const port = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  const send = createEmailSend(emailConnection({ port }));
  t.match(await send(toldIncident(), never), { failure: "connect_refused", detail: /ECONNREFUSED/ });
});

t.test("a name that nobody has is named so", async (t) => {
  const send = createEmailSend(emailConnection({ host: "mail.invalid" }));
  t.match(await send(toldIncident(), never), { failure: "dns", detail: /mail\.invalid/ });
});

t.test("addresses that may not be called are not called", async (t) => {
  for (const host of ["169.254.169.254", "[fe80::1]", "::ffff:169.254.169.254", "100.100.100.200"]) {
    const send = createEmailSend(emailConnection({ host }));
    t.match(
      await send(toldIncident(), never),
      { failure: "address_refused", detail: /is not allowed/ },
      host,
    );
  }
});

t.test("whoever cannot be written to is not", async (t) => {
  const smtp = await listenSmtp(t);
  const server = { port: smtp.port, security: "none" } as const;
  const outcomes = [
    await createEmailSend(emailConnection(server, ["nobody"]))(toldIncident(), never),
    await createEmailSend(emailConnection({ ...server, from: "Poswatch <>" }))(toldIncident(), never),
    await createEmailSend(emailConnection({ ...server, from: "a@example.ru, b@example.ru" }))(
      toldIncident(),
      never,
    ),
  ];
  t.match(outcomes, [
    { failure: "recipient", detail: "no address: nobody" },
    { failure: "refused", detail: "the sender is no address: Poswatch <>" },
    { failure: "refused" },
  ]);
  t.same(smtp.commands, []);
});
