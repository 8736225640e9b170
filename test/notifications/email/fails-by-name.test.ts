import t from "tap";
import { createEmailSend } from "../../../src/monitor/notifications/channels/email/send-email.ts";
import { EMAIL_PASSWORD, emailConnection, type ServerChanges } from "../../helpers/email-connection.ts";
import { listenSmtp, type SmtpScript } from "../../helpers/scripted-smtp.ts";
import { toldIncident } from "../../helpers/told-incident.ts";

const never = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const LOGIN: SmtpScript = { EHLO: "250-mx.example.ru\r\n250 AUTH PLAIN LOGIN" };
const PLAIN_TOKEN = base64(`\0poswatch\0${EMAIL_PASSWORD}`);

interface Case {
  script: SmtpScript;
  server?: ServerChanges;
  failure: string;
  detail: string | RegExp;
  isOfMessage?: boolean;
}

const CASES: Record<string, Case> = {
  "no STARTTLS is offered": {
    script: {},
    server: { security: "starttls" },
    failure: "tls",
    detail: "the server offers no STARTTLS: 502 5.5.1 Command not implemented",
  },
  "not even EHLO is known where STARTTLS is required": {
    script: { EHLO: "502 What?" },
    server: { security: "starttls" },
    failure: "tls",
    detail: "the server offers no STARTTLS: 502 What?",
  },
  "encryption is wanted that is not configured": {
    script: { MAIL: "530 5.7.0 Must issue a STARTTLS command first" },
    failure: "tls",
    detail: "MAIL FROM: 530 5.7.0 Must issue a STARTTLS command first",
  },
  "the password is wrong": {
    script: { ...LOGIN, AUTH: "535 5.7.8 Authentication failed" },
    server: { login: "poswatch" },
    failure: "unauthorized",
    detail: "AUTH PLAIN: 535 5.7.8 Authentication failed",
  },
  "the login is too weak": {
    script: { ...LOGIN, AUTH: "534-5.7.9 Application-specific password required.\r\n534 5.7.9 Learn more" },
    server: { login: "poswatch" },
    failure: "unauthorized",
    detail: "AUTH PLAIN: 534-5.7.9 Application-specific password required. 5.7.9 Learn more",
  },
  "logging in fails for now": {
    script: { ...LOGIN, AUTH: "454 4.7.0 Temporary authentication failure" },
    server: { login: "poswatch" },
    failure: "server_error",
    detail: "AUTH PLAIN: 454 4.7.0 Temporary authentication failure",
  },
  "a login is wanted that is not configured": {
    script: { MAIL: "530 5.7.0 Authentication required" },
    failure: "unauthorized",
    detail: "MAIL FROM: 530 5.7.0 Authentication required",
  },
  "the password is told back": {
    script: {
      ...LOGIN,
      AUTH: (line) => `500 unknown: ${line} of ${EMAIL_PASSWORD}, ${base64(EMAIL_PASSWORD)}`,
    },
    server: { login: "poswatch" },
    failure: "unauthorized",
    detail: "AUTH PLAIN: 500 unknown: AUTH PLAIN … of …, …",
  },
  "a part of what was sent is told back": {
    script: { ...LOGIN, AUTH: `535 bad token ${PLAIN_TOKEN.slice(8, 24)}` },
    server: { login: "poswatch" },
    failure: "unauthorized",
    detail: "AUTH PLAIN: 535 bad token …",
  },
  "the sender is refused": {
    script: { MAIL: "553 5.7.1 Sender address rejected: not owned by user" },
    failure: "refused",
    detail: "MAIL FROM: 553 5.7.1 Sender address rejected: not owned by user",
  },
  "the mail is too large": {
    script: { MAIL: "552 5.3.4 Message size exceeds fixed limit" },
    failure: "refused",
    detail: "MAIL FROM: 552 5.3.4 Message size exceeds fixed limit",
    isOfMessage: true,
  },
  "nobody is there": {
    script: { RCPT: "550 5.1.1 No such user here" },
    failure: "recipient",
    detail: "RCPT TO: 550 5.1.1 No such user here",
  },
  "the mailbox is not allowed": {
    script: { RCPT: "553 5.1.8 Mailbox name not allowed" },
    failure: "recipient",
    detail: "RCPT TO: 553 5.1.8 Mailbox name not allowed",
  },
  "it is greylisted": {
    script: { RCPT: "450 4.2.0 Greylisted, please try again in 300 seconds" },
    failure: "server_error",
    detail: "RCPT TO: 450 4.2.0 Greylisted, please try again in 300 seconds",
  },
  "too many were sent": {
    script: { MAIL: "450 4.7.1 Error: too much mail from 10.0.0.1" },
    failure: "rate_limited",
    detail: "MAIL FROM: 450 4.7.1 Error: too much mail from 10.0.0.1",
  },
  "too many are connected": {
    script: { greeting: "421 4.7.0 Too many concurrent connections" },
    failure: "rate_limited",
    detail: "greeting: 421 4.7.0 Too many concurrent connections",
  },
  "too many were sent today": {
    script: { ".": "550 5.4.5 Daily user sending limit exceeded" },
    failure: "rate_limited",
    detail: "DATA: 550 5.4.5 Daily user sending limit exceeded",
  },
  "the server goes away": {
    script: { RCPT: "421 4.3.2 Service shutting down" },
    failure: "server_error",
    detail: /421 4.3.2 Service shutting down/,
  },
  "the disk is full": {
    script: { ".": "452 4.3.1 Insufficient system storage" },
    failure: "server_error",
    detail: "DATA: 452 4.3.1 Insufficient system storage",
  },
  "something is wrong there": {
    script: { ".": "451 4.3.0 Queue file write error" },
    failure: "server_error",
    detail: "DATA: 451 4.3.0 Queue file write error",
  },
  "the content is refused": {
    script: { ".": "554 5.7.1 Message rejected under suspicion of spam" },
    failure: "refused",
    detail: "DATA: 554 5.7.1 Message rejected under suspicion of spam",
    isOfMessage: true,
  },
  "this machine is not welcome": {
    script: { greeting: "554 5.7.1 10.0.0.1 is blocked" },
    failure: "refused",
    detail: "greeting: 554 5.7.1 10.0.0.1 is blocked",
  },
  "it is no mail server": {
    script: { greeting: "SSH-2.0-OpenSSH_9.9" },
    failure: "invalid_answer",
    detail: /SSH-2\.0-OpenSSH_9\.9/,
  },
  "the greeting is none": {
    script: { greeting: "250 hello" },
    failure: "invalid_answer",
    detail: /250 hello/,
  },
  "it answers before it is asked": {
    script: { greeting: "220 mx.example.ru\r\n250 mx.example.ru\r\n250 Ok\r\n250 Ok\r\n250 Ok\r\n250 Ok" },
    failure: "invalid_answer",
    detail: /250/,
  },
  "it is one answer ahead": {
    script: { greeting: "220 mx.example.ru\r\n220 mx.example.ru" },
    failure: "invalid_answer",
    detail: /354/,
  },
  "it says far too much": {
    script: { greeting: `220-${"x".repeat(70_000)}` },
    failure: "invalid_answer",
    detail: /exceeds maximum/,
  },
  "it breaks off before a word": {
    script: { greeting: "break off" },
    failure: "connect_refused",
    detail: /closed|ECONNRESET|aborted|hang up/,
  },
  "it breaks off at the sender": {
    script: { MAIL: "break off" },
    failure: "server_error",
    detail: /closed|ECONNRESET/,
  },
  "it breaks off within the mail": {
    script: { DATA: "break off" },
    failure: "server_error",
    detail: /closed|ECONNRESET/,
  },
  "it breaks off after the mail": {
    script: { ".": "break off" },
    failure: "server_error",
    detail: /closed|ECONNRESET/,
  },
  "it says controls": {
    script: { ".": "554 \u001b[31mred\u0007 \u202etext" },
    failure: "refused",
    detail: /^DATA: 554 ␛\[31mred␇/,
    isOfMessage: true,
  },
};

for (const [what, { script, server = {}, failure, detail, isOfMessage = false }] of Object.entries(CASES)) {
  t.test(`a mail is not sent when ${what}`, async (t) => {
    const smtp = await listenSmtp(t, script);
    const send = createEmailSend(emailConnection({ port: smtp.port, security: "none", ...server }));
    const outcome = await send(toldIncident(), never);
    t.match(outcome, { ok: false, failure, detail, isOfMessage, retryAfterMs: null });
    t.ok(!outcome.ok && outcome.detail.length <= 300 && !/[\r\n]/.test(outcome.detail));
    t.notMatch(JSON.stringify(outcome), PLAIN_TOKEN.slice(8, 24));
  });
}

t.test("nothing is said before it is encrypted, where it is to be", async (t) => {
  const smtp = await listenSmtp(t, { ...LOGIN });
  const send = createEmailSend(emailConnection({ port: smtp.port, login: "poswatch" }));
  t.match(await send(toldIncident(), never), { ok: false, failure: "tls" });
  t.same(
    smtp.commands.map((line) => line.split(" ")[0]),
    ["EHLO", "STARTTLS"],
  );
});

t.test("one of two recipients has it", async (t) => {
  const RCPT = (line: string) =>
    line.includes("gone") ? "550-5.1.1 No such user\r\n550 5.1.1 Ask others" : "250 Ok";
  const smtp = await listenSmtp(t, { RCPT });
  const connection = emailConnection({ port: smtp.port, security: "none" }, [
    "gone@example.ru",
    "duty@example.ru",
  ]);
  t.same(await createEmailSend(connection)(toldIncident(), never), {
    ok: true,
    reference: null,
    answer: "250 2.0.0 Ok: queued as 123; refused: gone@example.ru (550-5.1.1 No such user 5.1.1 Ask others)",
  });
});

t.test("of several lines the last one is the answer", async (t) => {
  const smtp = await listenSmtp(t, { ".": "250-thank you\r\n250 2.0.0 Ok: queued as 9" });
  const send = createEmailSend(emailConnection({ port: smtp.port, security: "none" }));
  t.match(await send(toldIncident(), never), { ok: true, answer: "250 2.0.0 Ok: queued as 9" });
});
