import t from "tap";
import {
  createWebhookSend,
  outcomeOfHttp,
  signBody,
} from "../../../src/monitor/notifications/channels/webhook/kind.ts";
import type { OutgoingAnswer } from "../../../src/monitor/outgoing/call.ts";
import { hideSecrets, secretsOfUrl } from "../../../src/monitor/outgoing/hide-secrets.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { INCIDENT_FACTS, toldIncident } from "../../helpers/notified-incident.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { listenWebhook } from "../../helpers/webhook-server.ts";

const never = new AbortController().signal;
const SECRET = "0123456789abcdef";
const NOW = Date.parse("2026-11-25T23:05:00.999Z");

t.test("what happened is posted as JSON, signed with the time of sending", async (t) => {
  const server = await listenWebhook(t);
  const url = `${server.origin}/hooks/118?token=abc`;
  const send = createWebhookSend(url, SECRET, { clock: () => NOW });
  t.same(await send(toldIncident(), never), { ok: true, reference: null, answer: "204 No Content" });
  const [call] = server.calls;
  t.match(call, { method: "POST", url: "/hooks/118?token=abc" });
  t.same(JSON.parse(String(call?.body)), {
    id: "4c1f8a52-58b4-4f6e-9d8e-0f5b7d2c9a11",
    event: "opened",
    sentAt: "2026-11-25T23:04:00.000Z",
    title: "18 POS-серверов не обмениваются",
    text: `Одна причина: превышено время ожидания главного сервера.
С 02:00 — вероятно, главный сервер или сеть.

Сбрасывать базы не нужно: обмен возобновится сам, когда главный сервер ответит.

ООО «Вкусный дом» — 11
Суши Бар — 7

5 в 02:01, 12 в 02:03, 18 в 02:04`,
    url: "https://poswatch.example.ru/incidents/118",
    incident: INCIDENT_FACTS,
  });
  t.match(call?.headers, {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Poswatch",
    "x-poswatch-event": "opened",
    "x-poswatch-delivery": "4c1f8a52-58b4-4f6e-9d8e-0f5b7d2c9a11",
  });
  t.equal(call?.headers["x-poswatch-signature"], signBody(String(call?.body), SECRET, NOW));
  // printf '1764111900.{}' | openssl dgst -sha256 -hmac 0123456789abcdef
  const expected = "e1c714c35f03cea29b0552d977bcc4b3fd0f66737354c0f1c002f8d21e6bd573";
  t.equal(signBody("{}", SECRET, 1_764_111_900_999), `t=1764111900,v1=${expected}`);
  await send(toldIncident({ kind: "test", incident: null }, { open: null }), never);
  t.match(JSON.parse(String(server.calls[1]?.body)), { event: "test", url: null, incident: null });
});

const to = (url: string, options = {}) => createWebhookSend(url, SECRET, options);

t.test("a status says that it was taken, whether its body ends or not", async (t) => {
  const slow = await listenWebhook(t, (response) => response.writeHead(202).write("ticket"));
  const taken = await to(slow.origin, { callTimeoutMs: 300 })(toldIncident(), never);
  t.same(taken, { ok: true, reference: null, answer: "202 Accepted" });
  await waitFor(async () => (await slow.connections()) === 0);
});

t.test("whoever cannot be called, may not be or is not trusted is told of, without the path", async (t) => {
  const server = await listenWebhook(t, undefined, await makeCertificate());
  for (const [origin, detail] of [
    ["http://hooks.invalid", /hooks\.invalid/],
    ["http://[nothing]", /Invalid URL/],
    ["http://2852039166", "address 169.254.169.254 is not allowed"],
    [server.origin, /self-signed/],
  ] as const) {
    const outcome = await to(`${origin}/latest/meta-data`)(toldIncident(), never);
    t.match(outcome, { failure: "temporary", detail }, origin);
    t.notMatch(JSON.stringify(outcome), /meta-data/);
  }
  t.same(server.calls, []);
});

const PATH = "/hooks/T0KEN-OF-SOMEBODY?key=0xCAFEBABE&%D1%8F=%D0%B4%D0%B0-%D0%B4%D0%B0-%D0%B4%D0%B0";
const hide = hideSecrets([...secretsOfUrl(`https://hooks.example.ru${PATH}`), SECRET]);

t.test("a status says whether it was taken, and else who can mend it and when", async (t) => {
  for (const status of [200, 204]) t.match(outcome({ status }), { ok: true, reference: null });
  t.match(outcome({ status: 403 }), { ok: false, failure: "credentials", retryAfterMs: null });
  t.match(outcome({ status: 503, retryAfterMs: 90_000 }), { failure: "wait", retryAfterMs: 90_000 });
  t.match(outcome({ status: 307 }), { detail: /^307 .*; redirects are not followed$/ });
});

const LINES: [Partial<OutgoingAnswer>, isPublic: string, isInner?: string][] = [
  [{ text: "" }, "200 OK"],
  [{ text: "ticket 118\nand more" }, "200 OK: ticket 118"],
  [{ text: '{\n  "ticket": 118\n}' }, '200 OK: { "ticket": 118 }'],
  [{ text: " <!doctype html><p>Welcome" }, "200 OK"],
  [{ text: "\u001b[31m red \u0000\u202e" }, "200 OK: [31m red"],
  [{ text: "х".repeat(5_000) }, `200 OK: ${"х".repeat(200)}`],
  [{ text: `POST ${PATH}` }, "200 OK: POST …"],
  [{ status: 404, statusLine: "404 Gone\u001b away" }, "404 Gone away", "404 Not Found"],
  [{ status: 299, statusLine: "299" }, "299", "299"],
];

t.test("what is said is one short line without path, query and secret; from inside, a status", async (t) => {
  for (const [answer, isPublic, isInner = "200 OK"] of LINES) {
    t.equal(lineOf({ ...answer, isPublic: true }), isPublic);
    t.equal(lineOf({ ...answer, isPublic: false }), isInner);
  }

  const text = `Cannot POST ${PATH} (${decodeURIComponent(PATH)}) T0KEN-OF-SOMEBODY 0xCAFEBABE ${SECRET}`;
  for (const status of [200, 404]) {
    const told = JSON.stringify(outcome({ status, text, statusLine: `${status} not T0KEN-OF-SOMEBODY` }));
    t.notMatch(told, /hooks|T0KEN|CAFE|да-да|%D0|0123/);
    t.match(told, `${status} not …: Cannot POST …`);
  }
  t.equal(lineOf({ text: `${"x".repeat(190)} ${SECRET}` }), `200 OK: ${"x".repeat(190)} …`);
});

function lineOf(answer: Partial<OutgoingAnswer>): string {
  const told = outcome(answer);
  return told.ok ? told.answer : told.detail;
}

function outcome(different: Partial<OutgoingAnswer>) {
  const { status = 200 } = different;
  const head = { ok: true, status, statusLine: `${status} OK`, retryAfterMs: null, isPublic: true } as const;
  return outcomeOfHttp({ ...head, text: "", isWhole: true, ...different }, hide);
}
