import dns from "node:dns";
import { createServer } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import t, { type Test } from "tap";
import { isAllowedAddress, isCallable, isPublicAddress } from "../../src/monitor/outgoing/allowed-address.ts";
import { call } from "../../src/monitor/outgoing/call.ts";
import { failed } from "../../src/monitor/outgoing/failure.ts";
import { hideSecrets, secretsOfProxy, secretsOfUrl } from "../../src/monitor/outgoing/hide-secrets.ts";
import { connectTo } from "../../src/monitor/outgoing/open-way.ts";
import { listen } from "../helpers/listen.ts";

const words = (text: string) => text.trim().split(/\s+/);
const PATIENT = new AbortController().signal;

const REFUSED = words(`
  169.254.169.254 169.254.0.1 0.0.0.0 0.1.2.3 224.0.0.1 239.255.255.255 255.255.255.255 100.100.100.200
  168.63.129.16 192.0.0.192 :: ::ffff:169.254.169.254 ::ffff:a9fe:a9fe ::ffff:0.0.0.0 ::169.254.169.254
  64:ff9b::169.254.169.254 2002:a9fe:a9fe::1 2002:6464:64c8::1 ::ffff:0:169.254.169.254 ::ffff:0:a83f:8110
  64:ff9b::100.100.100.200 64:ff9b:1::a9fe:a9fe 64:ff9b:1:0:0:0:6464:64c8 ::ffff:100.100.100.200 fe80::1
  fe80::1%eth0 ff02::1 fd00:ec2::254 fd20:ce::254`);
const ALLOWED = words(`
  127.0.0.1 ::1 10.1.2.3 172.16.0.1 192.168.1.1 8.8.8.8 fd00::1 2001:db8::1 64:ff9b::10.1.2.3
  2002:0a01:0203::1 ::ffff:192.168.1.1`);

/** Somebody's own, and those that nobody may call are none of the internet either. */
const INNER = words(`
  10.1.2.3 100.64.0.1 127.0.0.1 172.31.255.255 192.0.0.8 192.168.1.1 198.18.0.1
  ::1 fc00::1 fdff::1 fec0::1 fd00::1%eth0
  ::ffff:10.1.2.3 ::ffff:7f00:1 ::10.1.2.3 64:ff9b::192.168.1.1 2002:c0a8:101::1`);
const PUBLIC = words(`
  8.8.8.8 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.169.0.1 198.20.0.1 2a00:1450:4010::8a
  ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1`);

t.test("some addresses may not be called, in whatever spelling; some are of the internet", async (t) => {
  for (const address of REFUSED) t.notOk(isAllowedAddress(address), address);
  for (const address of ALLOWED) t.ok(isAllowedAddress(address), address);
  for (const host of ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.1.1]"])
    t.notOk(isCallable(host), host);
  for (const host of ["10.0.0.5", "[fd00::1]", "pos.example"]) t.ok(isCallable(host), host);

  for (const address of [...INNER, ...REFUSED, "", "localhost", "8.8.8", "::ffff:8.8.8.8.8"])
    t.notOk(isPublicAddress(address), address);
  for (const address of PUBLIC) t.ok(isPublicAddress(address), address);
});

/** Lets every name have these addresses until the test ends. @returns what was looked up. */
function resolveNames(t: Test, addresses: readonly string[]): string[] {
  const real = dns.lookup;
  const asked: string[] = [];
  const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  const lookup = (name: string, _options: unknown, callback: (error: null, found: object[]) => void) => {
    asked.push(name);
    process.nextTick(callback, null, found);
  };
  Object.assign(dns, { lookup });
  syncBuiltinESMExports();
  t.teardown(() => {
    Object.assign(dns, { lookup: real });
    syncBuiltinESMExports();
  });
  return asked;
}

/** Asks somebody by name, directly or by a proxy. */
async function ask(url: string, proxy = "") {
  return await call({ method: "GET", url, proxy, hide: (text) => text }, PATIENT, { callTimeoutMs: 5_000 });
}

t.test("a name or a number whose addresses may not be called leads nowhere", async (t) => {
  const asked = resolveNames(t, ["169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0"]);
  const detail = /no address of \w+\.example is allowed$/;
  for (const url of ["http://inner.example/", "https://inner.example/"])
    t.match(await ask(url), { ok: false, failure: "temporary", detail });
  for (const scheme of ["http", "https", "socks5"])
    t.match(await ask("http://other.example/", `${scheme}://proxy.example:1080`), { ok: false, detail });
  const names = ["inner", "inner", "proxy", "proxy", "proxy"].map((name) => `${name}.example`);
  t.same(asked, names, "a proxy finds the other side itself");
  await t.rejects(connectTo({ host: "mail.example", port: 25 }, 5_000), { message: detail });

  for (const host of words("2852039166 0xA9FEA9FE 0251.0376.0251.0376 169.16689662 [::ffff:a9fe:a9fe]"))
    t.match(await ask(`http://${host}/`), { ok: false, detail: /^address .* is not allowed$/ }, host);
  await t.rejects(connectTo({ host: "2852039166", port: 25 }, 5_000), /is allowed/, "as the system reads it");
});

t.test("of the addresses of a name those that may be called are tried", async (t) => {
  const server = createServer((request, response) => response.end(request.headers.host));
  const port = await listen(t, server);
  resolveNames(t, ["169.254.169.254", "127.0.0.2", "127.0.0.1"]);
  t.match(await ask(`http://pos.example:${port}/`), { ok: true, text: `pos.example:${port}` });
  const socket = await connectTo({ host: "pos.example", port }, 5_000);
  t.equal(socket.remoteAddress, "127.0.0.1");
  socket.destroy();
});

const base64 = (text: string) => Buffer.from(text).toString("base64");

t.test("a secret is hidden as it is, as it stands in an address, and in base64", async (t) => {
  const hide = hideSecrets(["12:abc"]);
  t.equal(hide("GET /bot12:abc/getMe 12%3Aabc, 12:ab"), "GET /bot…/getMe …, 12:ab");
  t.equal(hideSecrets(["12:abc", "12:abcdef"])("12:abcdef"), "…", "the longer one first");
  t.equal(hideSecrets(["p%40ss%20word"])("p@ss word, p%40ss%20word"), "…, …", "known as it is written");
  t.equal(hideSecrets(["50%"])("50% and 50%25"), "… and …", "that looks like an encoding");
  t.equal(hideSecrets(["", "a"])("as it is"), "as it is", "what is none, or a letter");

  const secret = "secret-of-a-proxy";
  const hideBase64 = hideSecrets([secret]);
  t.equal(hideBase64(`key ${base64(secret)}, and so on`), "key …, and so on");
  t.equal(hideBase64(`key ${base64(`abc${secret}`)}`), "key …", "in something longer");
  t.equal(hideBase64(`${base64(secret).slice(0, 12)} is cut`), "… is cut", "in part");
  const words = "certificate/authorities+unknown ZmluZSBhcyBpdCBpcyBoZXJl";
  t.equal(hideBase64(words), words, "what only looks like base64 stays");
});

t.test("of a proxy it is the password, also beside its login", async (t) => {
  const hide = hideSecrets(secretsOfProxy("http://anna:p%40ss%20word@proxy:3128"));
  t.equal(hide(`p@ss word, p%40ss%20word, Basic ${base64("anna:p@ss word")}`), "…, …, Basic …");
  t.equal(hide("anna at proxy:3128"), "anna at proxy:3128");
  for (const proxy of ["", "none", "http://proxy:3128", "http://anna@proxy:3128"])
    t.same(secretsOfProxy(proxy), [], proxy);
});

t.test("of an address it is all but the host, and each long part of its own", async (t) => {
  const url =
    "https://robot-12345:pass@hooks.example/v1/Zm9vYmFyYmF6/%D1%81%D0%B5%D0%BA%D1%80%D0%B5%D1%82-1?key=0123456789&x=1";
  const hide = hideSecrets(secretsOfUrl(url));
  t.equal(hide(`POST ${url}`), "POST …");
  t.equal(hide("hooks.example: /v1 has no Zm9vYmFyYmF6"), "hooks.example: /v1 has no …");
  t.equal(hide("секрет-1, 0123456789, robot-12345, pass"), "…, …, …, …");
  t.equal(hideSecrets(secretsOfUrl("not an address"))("not an address"), "…");
});

t.test("what is hidden before it is cut cannot be seen in part", async (t) => {
  const secret = "0123456789-secret-of-a-bot";
  const hide = hideSecrets([secret]);
  for (let before = 270; before <= 300; before++) {
    const { detail } = failed("temporary", hide(`${"x".repeat(before)}${secret} is unknown`));
    t.notMatch(detail, "01234", `after ${before} characters`);
    t.ok(detail.length <= 300);
  }
});
