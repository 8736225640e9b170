import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from "node:tls";
import t, { type Test } from "tap";
import { createPosClient, type PosClientOptions } from "../../src/monitor/pos-client/client.ts";
import { makeCertificate, type TestCertificate } from "../helpers/certificate.ts";
import { listen } from "../helpers/listen.ts";
import { exampleReport, posServerAt, TOKEN } from "../helpers/pos-server.ts";

async function listenTls(t: Test, certificate: TestCertificate, tlsOptions: TlsOptions = {}) {
  /** For each handshake, whether a session was resumed. */
  const resumed: boolean[] = [];
  const requests: (string | undefined)[] = [];
  const server = createServer({ ...certificate, ...tlsOptions }, (request, response) => {
    requests.push(request.headers.authorization);
    response.end(JSON.stringify(exampleReport()));
  });
  server.on("secureConnection", (socket) => resumed.push(socket.isSessionReused()));
  const port = await listen(t, server);
  return { port, resumed, requests, server };
}

function clientFor(t: Test, options: PosClientOptions = {}) {
  const client = createPosClient({ keepConnections: false, ...options });
  t.teardown(() => client.close());
  return client;
}

const certificate = await makeCertificate();
const { fingerprint } = certificate;

t.test("the pinned certificate is enough, whatever its name and authority", async (t) => {
  const strange = await makeCertificate("another.example");
  const server = await listenTls(t, strange);
  const pinned = { fingerprint: strange.fingerprint };
  const outcome = await clientFor(t).fetchStatus(posServerAt(`https://127.0.0.1:${server.port}`, pinned));
  t.match(outcome, { ok: true, report: { version: "34.2.117.0" } });
  t.same(server.requests, [`Bearer ${TOKEN}`]);
});

for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
  t.test(`new connections resume the session and still pin (${maxVersion})`, async (t) => {
    const server = await listenTls(t, certificate, { maxVersion });
    const client = clientFor(t);
    const posServer = posServerAt(`https://127.0.0.1:${server.port}`, { fingerprint });
    for (let poll = 0; poll < 3; poll += 1) t.match(await client.fetchStatus(posServer), { ok: true });
    t.same(server.resumed, [false, true, true]);

    const other = { ...posServer, fingerprint: (await makeCertificate()).fingerprint };
    const detail = `certificate ${fingerprint}`;
    t.match(await client.fetchStatus(other), { failure: { code: "certificate_changed", detail } });
    t.equal(server.requests.length, 3, "no token is sent, and no session is resumed for another fingerprint");

    t.match(await client.fetchStatus(posServer), { ok: true });
    client.forget(posServer);
    t.match(await client.fetchStatus(posServer), { ok: true });
    t.equal(server.resumed.at(-1), false, "forgetting a POS server forgets its session");
    server.server.setSecureContext(await makeCertificate());
    t.match(await client.fetchStatus(posServer), { failure: { code: "certificate_changed" } });
    t.equal(server.requests.length, 5, "a change after a session was kept is noticed");
  });
}

t.test("without a fingerprint the authorities of the system decide, and the name", async (t) => {
  const server = await listenTls(t, certificate);
  const strange = await makeCertificate("another.example");
  const address = `https://localhost:${server.port}`;
  const refused = { failure: { code: "tls", detail: /self-signed certificate/ } };
  t.match(await clientFor(t).fetchStatus(posServerAt(address)), refused);
  t.same(server.requests, []);

  const authorities = getCACertificates("default");
  setDefaultCACertificates([...authorities, certificate.cert, strange.cert]);
  t.teardown(() => setDefaultCACertificates(authorities));
  const client = clientFor(t);
  t.match(await client.fetchStatus(posServerAt(address)), { ok: true });
  t.match(await client.fetchStatus(posServerAt(address)), { ok: true });
  t.same(server.resumed.slice(-2), [false, true]);
  t.match(await client.fetchStatus(posServerAt(`https://127.0.0.1:${server.port}`)), { ok: true });
  const other = await listenTls(t, strange);
  const misnamed = await client.fetchStatus(posServerAt(`https://localhost:${other.port}`));
  t.match(misnamed, { failure: { code: "tls", detail: /ERR_TLS_CERT_ALTNAME_INVALID/ } });
  t.same(other.requests, []);
});

t.test("plain HTTP on the port of an https address is tls", async (t) => {
  const port = await listen(t, createHttpServer());
  const posServer = posServerAt(`https://127.0.0.1:${port}`, { fingerprint });
  t.match(await clientFor(t).fetchStatus(posServer), { failure: { code: "tls", detail: /ERR_SSL_/ } });
});

t.test("kept TLS connections are made once", async (t) => {
  const server = await listenTls(t, certificate);
  const client = clientFor(t, { keepConnections: true });
  const posServer = posServerAt(`https://127.0.0.1:${server.port}`, { fingerprint });
  for (let poll = 0; poll < 3; poll += 1) t.match(await client.fetchStatus(posServer), { ok: true });
  t.same(server.resumed, [false]);
  const other = { ...posServer, fingerprint: (await makeCertificate()).fingerprint };
  t.match(await client.fetchStatus(other), { failure: { code: "certificate_changed" } });
  t.equal(server.requests.length, 3, "a kept connection is not used for another fingerprint");
});
