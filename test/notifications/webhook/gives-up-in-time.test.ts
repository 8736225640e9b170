import { createServer } from "node:net";
import t from "tap";
import { createWebhookSend } from "../../../src/monitor/notifications/channels/webhook/send-webhook.ts";
import { listen } from "../../helpers/listen.ts";
import { toldIncident } from "../../helpers/told-incident.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { listenWebhook } from "../../helpers/webhook-server.ts";

const never = new AbortController().signal;
const secrets = { secret: "0123456789abcdef" };
const to = (url: string, options = {}) => createWebhookSend({ target: { url }, secrets }, options);

t.test("a server that does not answer is left", async (t) => {
  const server = await listenWebhook(t, () => undefined);
  const outcome = await to(server.origin, { sendTimeoutMs: 200 })(toldIncident(), never);
  t.match(outcome, { failure: "response_timeout", detail: "no answer within 200 ms", isOfMessage: false });
  await waitFor(async () => (await server.connections()) === 0);
});

t.test("a server that shakes no hands is left", async (t) => {
  const port = await listen(t, createServer());
  const outcome = await to(`https://127.0.0.1:${port}`, { connectTimeoutMs: 100 })(toldIncident(), never);
  t.match(outcome, { failure: "connect_timeout" });
});

t.test("a slow body is not waited for: the status says it was taken", async (t) => {
  const server = await listenWebhook(t, (response) => response.writeHead(202).write("ticket 118"));
  for (const sendTimeoutMs of [300, 15_000]) {
    const outcome = await to(server.origin, { sendTimeoutMs })(toldIncident(), never);
    t.match(outcome, { ok: true, answer: "202 Accepted: ticket 118" });
  }
  await waitFor(async () => (await server.connections()) === 0);
});

t.test("the signal ends it wherever it is, with its reason", async (t) => {
  const silent = await listenWebhook(t, () => undefined);
  const slow = await listenWebhook(t, (response) => response.writeHead(202).write("ticket"));
  for (const server of [silent, slow]) {
    const ending = new AbortController();
    const sending = to(server.origin)(toldIncident(), ending.signal);
    await waitFor(() => server.calls.length === 1);
    const reason = new Error("Poswatch stops");
    ending.abort(reason);
    await t.rejects(sending, reason);
    await waitFor(async () => (await server.connections()) === 0);
  }
  await t.rejects(to(silent.origin)(toldIncident(), AbortSignal.abort(new Error("over"))), {
    message: "over",
  });
  t.equal(silent.calls.length, 1);
});

t.test("a port where nobody listens is named so", async (t) => {
  const server = createServer();
  const port = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  t.match(await to(`http://127.0.0.1:${port}/hook`)(toldIncident(), never), {
    failure: "connect_refused",
    detail: /ECONNREFUSED/,
  });
});

t.test("a name that nobody has is named so", async (t) => {
  const outcome = await to("http://hooks.invalid/secret-path")(toldIncident(), never);
  t.match(outcome, { failure: "dns", detail: /hooks\.invalid/ });
  t.notMatch(JSON.stringify(outcome), /secret-path/);
});

t.test("addresses that may not be called are not called, however they are written", async (t) => {
  for (const host of [
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "[fe80::1]",
    "[::ffff:169.254.169.254]",
    "100.100.100.200",
    "0.0.0.0",
  ]) {
    const outcome = await to(`http://${host}/latest/meta-data`)(toldIncident(), never);
    t.match(outcome, { failure: "address_refused" }, host);
    t.notMatch(JSON.stringify(outcome), /meta-data/);
  }
});

t.test("what is no address is named so", async (t) => {
  t.match(await to("http://[nothing]/")(toldIncident(), never), { failure: "refused" });
});

t.test("another protocol on that port is named so", async (t) => {
  const server = await listenWebhook(t);
  const outcome = await to(server.origin.replace("http:", "https:"))(toldIncident(), never);
  t.match(outcome, { failure: "tls", detail: /^ERR_SSL_/ });
});
