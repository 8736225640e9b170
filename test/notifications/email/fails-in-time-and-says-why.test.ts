import t from "tap";
import type { SendOutcome } from "../../../src/monitor/notifications/channels/kind.ts";
import type { FailureClass } from "../../../src/monitor/outgoing/failure.ts";
import { EMAIL_PASSWORD, sendByServer } from "../../helpers/email-connection.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { findFreePort } from "../../helpers/program.ts";
import { listenSmtp, type SmtpScript } from "../../helpers/scripted-smtp.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const never = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const EHLO = "250-mx.example.ru\r\n250 AUTH PLAIN LOGIN";
const TOKEN = base64(`\0poswatch\0${EMAIL_PASSWORD}`);

/** What a detail calls that to which a reply is one. */
const CALLED = {
  greeting: "greeting",
  EHLO: "EHLO",
  STARTTLS: "STARTTLS",
  AUTH: "AUTH PLAIN",
  MAIL: "MAIL FROM",
  RCPT: "RCPT TO",
  DATA: "DATA",
  ".": "DATA",
};

const REPLIES: [at: keyof typeof CALLED, reply: string, FailureClass, told?: string][] = [
  ["greeting", "421 4.7.0 Too many concurrent connections", "wait"],
  ["greeting", "554 5.7.1 10.0.0.1 is blocked", "recipient"],
  ["greeting", "250 hello", "temporary"],
  ["EHLO", "502 What?", "temporary"],
  ["STARTTLS", "502 5.5.1 Command not implemented", "temporary"],
  ["AUTH", "535 5.7.8 Authentication failed", "credentials"],
  ["AUTH", "534-5.7.9 Another one.\r\n534 Read", "credentials", "534-5.7.9 Another one. Read"],
  ["AUTH", "500 5.5.2 What?", "credentials"],
  ["AUTH", "454 4.7.0 Temporary authentication failure", "temporary"],
  ["AUTH", "538 5.7.11 Encryption required for requested authentication mechanism", "temporary"],
  ["MAIL", "530 5.7.0 Authentication required", "credentials"],
  ["MAIL", "530 5.7.0 Must issue a STARTTLS command first", "temporary"],
  ["MAIL", "553 5.7.1 Sender address rejected: not owned by user", "recipient"],
  ["MAIL", "552 5.3.4 Message size limit exceeded", "recipient"],
  ["MAIL", "450 4.7.1 Error: too much mail from 10.0.0.1", "wait"],
  ["RCPT", "550 5.1.1 No such user here", "recipient"],
  ["RCPT", "450 4.2.0 Greylisted, please try again in 300 seconds", "temporary"],
  ["DATA", "503 5.5.1 Bad sequence of commands", "recipient"],
  [".", "550 5.4.5 Daily user sending limit exceeded", "wait"],
  [".", "452 4.3.1 Insufficient system storage", "temporary"],
  [".", "554 5.7.1 Message rejected under suspicion of spam", "recipient"],
  [".", "554 \u001b[31mred\u0007 \u202etext", "recipient", "554 ␛[31mred␇ ⟨U+202E⟩text"],
];

t.test("each refusal has its class, and the words of the server", async (t) => {
  for (const [at, reply, failure, told = reply] of REPLIES) {
    const outcome = await sendTo({ ...(at === "AUTH" && { EHLO }), [at]: reply }, at);
    t.same(outcome, { ok: false, failure, detail: `${CALLED[at]}: ${told}`, retryAfterMs: null }, reply);
  }
});

const TROUBLES: Record<string, [SmtpScript, detail: RegExp]> = {
  "it is no mail server": [{ greeting: "SSH-2.0-OpenSSH_9.9" }, /SSH-2\.0-OpenSSH_9\.9/],
  "it answers before it is asked": [{ greeting: `220 mx\r\n250 mx${"\r\n250 Ok".repeat(4)}` }, /250/],
  "it is one answer ahead": [{ greeting: "220 mx.example.ru\r\n220 mx.example.ru" }, /354/],
  "it says far too much": [{ greeting: `220-${"x".repeat(70_000)}` }, /exceeds maximum/],
  "it shuts down meanwhile": [{ RCPT: "421 4.3.2 Service shutting down" }, /: 421 4\.3\.2 Service shutting/],
  "its reply is none": [{ RCPT: "What?" }, /What\?/],
  "it breaks off before a word": [{ greeting: "break off" }, /closed|ECONNRESET|aborted|hang up/],
  "it breaks off at the sender": [{ MAIL: "break off" }, /closed|ECONNRESET/],
  "it breaks off within the mail": [{ DATA: "break off" }, /closed|ECONNRESET/],
  "it breaks off after the mail": [{ ".": "break off" }, /closed|ECONNRESET/],
};

for (const [what, [script, detail]] of Object.entries(TROUBLES)) {
  t.test(`a mail is tried again when ${what}`, async (t) => {
    const outcome = await sendTo(script);
    t.match(outcome, { ok: false, failure: "temporary", detail, retryAfterMs: null });
    t.ok(!outcome.ok && outcome.detail.length <= 300 && !/[\r\n]/.test(outcome.detail));
  });
}

t.test("a password does not come back, whole or in part", async (t) => {
  const told: [SmtpScript[string], detail: string][] = [
    [(line) => `500 ${line} of ${EMAIL_PASSWORD}, ${base64(EMAIL_PASSWORD)}`, "500 AUTH PLAIN … of …, …"],
    [`535 bad token ${TOKEN.slice(8, 24)}`, "535 bad token …"],
    [`535 ${"x ".repeat(140)}${TOKEN}`, `535 ${"x ".repeat(140)}…`.slice(0, 288)],
    [`535 ${encodeURIComponent(EMAIL_PASSWORD)}`, "535 …"],
  ];
  for (const [AUTH, detail] of told)
    t.equal(detailOf(await sendTo({ EHLO, AUTH }, "AUTH")), `AUTH PLAIN: ${detail}`);
  const login = { EHLO: "250-mx.example.ru\r\n250 AUTH LOGIN", AUTH: "334 VXNlcm5hbWU6" };
  const [user, short] = [base64("poswatch"), base64("kw7!")];
  const script = { ...login, [user]: "334 UGFzc3dvcmQ6", [short]: `535 bad ${short}` };
  t.equal(detailOf(await sendTo(script, "AUTH", "kw7!")), "AUTH LOGIN: 535 bad …");
  const answer = `250 Ok: ${EMAIL_PASSWORD} ${base64(EMAIL_PASSWORD)}`;
  t.same(await sendTo({ ".": answer }), { ok: true, reference: null, answer: "250 Ok: … …" });
});

t.test("nothing is said before it is encrypted where it is to be, or when it has ended", async (t) => {
  const smtp = await listenSmtp(t, { EHLO });
  await sendByServer(smtp.port, { login: "poswatch" })(toldIncident(), never);
  t.match(smtp.commands, [/^EHLO /, "STARTTLS"]);
  t.equal(smtp.commands.length, 2);
  const late = sendByServer(smtp.port)(toldIncident(), AbortSignal.abort(new Error("over")));
  await t.rejects(late, { message: "over" });
  t.equal(smtp.commands.length, 2, "what has ended already is not begun");
});

t.test("one of two recipients has it; of several lines the last one is the answer", async (t) => {
  const gone = "550-5.1.1 No such user\r\n550 5.1.1 Ask others";
  const RCPT = (line: string) => (line.includes("gone") ? gone : "250 Ok");
  const { port } = await listenSmtp(t, { RCPT, ".": "250-thank you\r\n250 2.0.0 Ok: queued as 9" });
  const send = sendByServer(port, { security: "none", to: "gone@example.ru, duty@example.ru" });
  const answer =
    "250 2.0.0 Ok: queued as 9; refused: gone@example.ru (550-5.1.1 No such user 5.1.1 Ask others)";
  t.same(await send(toldIncident(), never), { ok: true, reference: null, answer });
});

function detailOf(outcome: SendOutcome): string {
  return outcome.ok ? outcome.answer : outcome.detail;
}

async function sendTo(script: SmtpScript, at = "", password = EMAIL_PASSWORD) {
  const smtp = await listenSmtp(t, script);
  const security = at === "EHLO" || at === "STARTTLS" ? "starttls" : "none";
  const login = at === "AUTH" ? "poswatch" : "";
  const outcome = await sendByServer(smtp.port, { security, login }, { password })(toldIncident(), never);
  await waitFor(() => smtp.connections() === 0);
  return outcome;
}

for (const [security, detail] of [
  ["starttls", "ETIMEDOUT: Greeting never received: it may want TLS from the start"],
  ["tls", "ETIMEDOUT: TLS handshake timed out"],
] as const) {
  t.test(`a server that says nothing is left, security ${security}`, async (t) => {
    const smtp = await listenSmtp(t, { greeting: "hang" });
    const send = sendByServer(smtp.port, { security }, { greetingTimeoutMs: 50 });
    t.match(await send(toldIncident(), never), { failure: "temporary", detail });
    await waitFor(() => smtp.connections() === 0);
  });
}

for (const where of ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "."]) {
  t.test(`a server that hangs at ${where} is left in time, or with the reason of the signal`, async (t) => {
    const smtp = await listenSmtp(t, { [where]: "hang" });
    const hasty = sendByServer(smtp.port, { security: "none" }, { sendTimeoutMs: 300 });
    const detail = "not sent within 300 ms";
    t.match(await hasty(toldIncident(), never), { failure: "temporary", detail });
    await waitFor(() => smtp.connections() === 0);
    const ending = new AbortController();
    const sending = sendByServer(smtp.port, { security: "none" })(toldIncident(), ending.signal);
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
    const send = sendByServer(smtp.port, { security: "none" });
    t.match(await send(toldIncident(), never), { ok: true });
    await waitFor(() => smtp.connections() === 0);
  }
});

t.test("where nobody is, or nobody may be called, is told as the system says it", async (t) => {
  for (const [port, host, detail] of [
    [await findFreePort(), "127.0.0.1", /ECONNREFUSED/],
    [25, "mail.invalid", /mail\.invalid/],
    [25, "[::ffff:169.254.169.254]", "address ::ffff:169.254.169.254 is not allowed"],
  ] as const)
    t.match(await sendByServer(port, { host })(toldIncident(), never), { failure: "temporary", detail });
});
