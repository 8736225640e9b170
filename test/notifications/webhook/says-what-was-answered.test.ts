import t from "tap";
import { outcomeOfHttp } from "../../../src/monitor/notifications/channels/post.ts";
import type { OutgoingAnswer } from "../../../src/monitor/outgoing/call.ts";
import { hideSecrets, secretsOfUrl } from "../../../src/monitor/outgoing/hide-secrets.ts";

const SECRET = "0123456789abcdef";
const PATH = "/hooks/T0KEN-OF-SOMEBODY?key=0xCAFEBABE&%D1%8F=%D0%B4%D0%B0-%D0%B4%D0%B0-%D0%B4%D0%B0";
const hide = hideSecrets([...secretsOfUrl(`https://hooks.example.ru${PATH}`), SECRET]);

t.test("a status says whether it was taken, and else who can mend it and when", async (t) => {
  for (const status of [200, 204]) t.match(outcome({ status }), { ok: true, reference: null });
  t.match(outcome({ status: 403 }), { ok: false, failure: "credentials", retryAfterMs: null });
  t.match(outcome({ status: 503, retryAfterMs: 90_000 }), { failure: "wait", retryAfterMs: 90_000 });
  t.match(outcome({ status: 307 }), { detail: /^307 .*; redirects are not followed$/ });
});

const LINES: [Partial<OutgoingAnswer>, isPublic: string, isInner: string][] = [
  [{ text: "" }, "200 OK", "200 OK, text/plain"],
  [{ text: "ticket 118\nand more" }, "200 OK: ticket 118", "200 OK, text/plain"],
  [{ text: '{\n  "ticket": 118\n}' }, '200 OK: { "ticket": 118 }', "200 OK, text/plain"],
  [{ text: " <!doctype html><p>Welcome" }, "200 OK", "200 OK, text/plain"],
  [{ text: "\u001b[31m red \u0000\u202e" }, "200 OK: [31m red", "200 OK, text/plain"],
  [{ text: "х".repeat(5_000) }, `200 OK: ${"х".repeat(200)}`, "200 OK, text/plain"],
  [{ text: "packed", contentEncoding: "gzip" }, "200 OK", "200 OK, text/plain"],
  [{ status: 404, statusLine: "404 Gone\u001b away" }, "404 Gone away", "404 Not Found, text/plain"],
  [{ status: 299, statusLine: "299", contentType: "" }, "299", "299"],
  [{ contentType: "text/html; charset=secret of the network" }, "200 OK", "200 OK, text/html"],
  [{ contentType: "what stands in the network" }, "200 OK", "200 OK"],
  [{ text: `POST ${PATH}`, contentType: "a/T0KEN-OF-SOMEBODY" }, "200 OK: POST …", "200 OK, a/…"],
];

t.test("what is said is one short line, and no more than a type from inside the network", async (t) => {
  for (const [answer, isPublic, isInner] of LINES) {
    t.equal(lineOf({ ...answer, isPublic: true }), isPublic);
    t.equal(lineOf({ ...answer, isPublic: false }), isInner);
  }
});

t.test("neither path, query nor secret come back", async (t) => {
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
  const head = {
    ok: true,
    status,
    statusLine: `${status} OK`,
    contentType: "text/plain; charset=utf-8",
  } as const;
  const rest = { contentEncoding: null, isPublic: true, retryAfterMs: null, text: "", isWhole: true };
  return outcomeOfHttp({ ...head, ...rest, ...different }, hide);
}
