import type { ServerResponse } from "node:http";
import t from "tap";
import { createWebhookSend } from "../../../src/monitor/notifications/channels/webhook/kind.ts";
import { makeCertificate } from "../../helpers/certificate.ts";
import { toldIncident } from "../../helpers/notified-incident.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { listenWebhook } from "../../helpers/webhook-server.ts";

const never = new AbortController().signal;
const secrets = { secret: "0123456789abcdef" };
const to = (url: string, options = {}) => createWebhookSend({ target: { url }, secrets }, options);
const slowly = (response: ServerResponse) => response.writeHead(202).write("ticket");

t.test("a status says that it was taken, whether its body ends or not", async (t) => {
  const slow = await listenWebhook(t, slowly);
  const taken = await to(slow.origin, { callTimeoutMs: 300 })(toldIncident(), never);
  t.same(taken, { ok: true, reference: null, answer: "202 Accepted" });
  await waitFor(async () => (await slow.connections()) === 0);
  let sentBytes = 0;
  const huge = await listenWebhook(t, (response) => {
    const chunk = Buffer.alloc(64 * 1024, "x");
    const more = () => {
      do sentBytes += chunk.length;
      while (response.write(chunk) && sentBytes < 1024 ** 3);
      response.once("drain", more);
    };
    response.on("error", () => undefined);
    more();
  });
  t.match(await to(huge.origin)(toldIncident(), never), { ok: true, answer: "200 OK" });
  await waitFor(async () => (await huge.connections()) === 0);
  t.ok(sentBytes < 100 * 1024 ** 2, `${sentBytes} bytes were sent`);
});

t.test("the signal ends it wherever it is, with its reason", async (t) => {
  const silent = await listenWebhook(t, () => undefined);
  const slow = await listenWebhook(t, slowly);
  for (const server of [silent, slow]) {
    const ending = new AbortController();
    const sending = to(server.origin)(toldIncident(), ending.signal);
    await waitFor(() => server.calls.length === 1);
    const reason = new Error("Poswatch stops");
    ending.abort(reason);
    await t.rejects(sending, reason);
    await waitFor(async () => (await server.connections()) === 0);
  }
  const over = AbortSignal.abort(new Error("over"));
  await t.rejects(to(silent.origin)(toldIncident(), over), { message: "over" });
  t.equal(silent.calls.length, 1);
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
