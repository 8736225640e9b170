import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import t, { type Test } from "tap";
import { createPosClient, type PosClientOptions } from "../../src/monitor/pos-client/create-pos-client.ts";
import { makeCertificate, type TestCertificate } from "../helpers/certificate.ts";
import { listen } from "../helpers/listen.ts";
import { exampleReport, posServerAt, TOKEN } from "../helpers/pos-server.ts";

interface TlsPosServer {
  port: number;
  /** For each handshake, whether a session was resumed. */
  resumed: boolean[];
  requests: (string | undefined)[];
  changeCertificate(certificate: TestCertificate): void;
}

async function listenTls(
  t: Test,
  certificate: TestCertificate,
  maxVersion?: "TLSv1.2",
): Promise<TlsPosServer> {
  const resumed: boolean[] = [];
  const requests: (string | undefined)[] = [];
  const server = createServer(
    { ...certificate, ...(maxVersion ? { maxVersion } : {}) },
    (request, response) => {
      requests.push(request.headers.authorization);
      response.end(JSON.stringify(exampleReport()));
    },
  );
  server.on("secureConnection", (socket) => resumed.push(socket.isSessionReused()));
  const port = await listen(t, server);
  return { port, resumed, requests, changeCertificate: (changed) => server.setSecureContext(changed) };
}

function clientFor(t: Test, options: PosClientOptions = {}) {
  const client = createPosClient({ keepConnections: false, ...options });
  t.teardown(() => client.close());
  return client;
}

const certificate = await makeCertificate();

t.test("the pinned certificate is enough, whatever its name and authority", async (t) => {
  const strange = await makeCertificate("another.example");
  const server = await listenTls(t, strange);
  const { fingerprint } = strange;
  const outcome = await clientFor(t).fetchStatus(
    posServerAt(`https://127.0.0.1:${server.port}`, { fingerprint }),
  );
  t.match(outcome, { ok: true, report: { version: "34.2.117.0" } });
  t.same(server.requests, [`Bearer ${TOKEN}`]);
});

t.test("a changed certificate is refused before the token is sent", async (t) => {
  const changed = await makeCertificate();
  const server = await listenTls(t, changed);
  const { fingerprint } = certificate;
  const outcome = await clientFor(t).fetchStatus(
    posServerAt(`https://127.0.0.1:${server.port}`, { fingerprint }),
  );
  t.match(outcome, {
    failure: { code: "certificate_changed", detail: `certificate ${changed.fingerprint}` },
  });
  t.same(server.requests, []);
});

for (const version of ["TLSv1.2", undefined] as const) {
  t.test(`new connections resume the session and still pin (${version ?? "TLSv1.3"})`, async (t) => {
    const server = await listenTls(t, certificate, version);
    const client = clientFor(t);
    const posServer = posServerAt(`https://127.0.0.1:${server.port}`, {
      fingerprint: certificate.fingerprint,
    });
    for (let poll = 0; poll < 3; poll += 1) t.match(await client.fetchStatus(posServer), { ok: true });
    t.same(server.resumed, [false, true, true]);

    const other = { ...posServer, fingerprint: (await makeCertificate()).fingerprint };
    t.match(await client.fetchStatus(other), { failure: { code: "certificate_changed" } });
    t.equal(server.requests.length, 3, "no session is resumed for another fingerprint");

    t.match(await client.fetchStatus(posServer), { ok: true });
    client.forget(posServer);
    t.match(await client.fetchStatus(posServer), { ok: true });
    t.equal(server.resumed.at(-1), false, "forgetting a POS server forgets its session");
  });
}

t.test("a certificate that changes after a session was kept is noticed", async (t) => {
  const first = await listenTls(t, certificate);
  const client = clientFor(t);
  const posServer = posServerAt(`https://127.0.0.1:${first.port}`, { fingerprint: certificate.fingerprint });
  t.match(await client.fetchStatus(posServer), { ok: true });
  first.changeCertificate(await makeCertificate());
  t.match(await client.fetchStatus(posServer), { failure: { code: "certificate_changed" } });
  t.equal(first.requests.length, 1);
});

t.test("without a fingerprint the authorities of the system decide", async (t) => {
  const server = await listenTls(t, certificate);
  const address = `https://localhost:${server.port}`;
  t.match(await clientFor(t).fetchStatus(posServerAt(address)), {
    failure: { code: "tls", detail: /self-signed certificate/ },
  });
  t.same(server.requests, []);

  const authorities = getCACertificates("default");
  setDefaultCACertificates([...authorities, certificate.cert]);
  t.teardown(() => setDefaultCACertificates(authorities));
  const client = clientFor(t);
  t.match(await client.fetchStatus(posServerAt(address)), { ok: true });
  t.match(await client.fetchStatus(posServerAt(address)), { ok: true });
  t.same(server.resumed.slice(-2), [false, true]);
  t.match(await client.fetchStatus(posServerAt(`https://127.0.0.1:${server.port}`)), { ok: true });
});

t.test("without a fingerprint the name must be that of the certificate", async (t) => {
  const strange = await makeCertificate("another.example");
  const authorities = getCACertificates("default");
  setDefaultCACertificates([...authorities, strange.cert]);
  t.teardown(() => setDefaultCACertificates(authorities));
  const server = await listenTls(t, strange);
  t.match(await clientFor(t).fetchStatus(posServerAt(`https://localhost:${server.port}`)), {
    failure: { code: "tls", detail: /ERR_TLS_CERT_ALTNAME_INVALID/ },
  });
  t.same(server.requests, []);
});

t.test("plain HTTP on the port of an https address is tls", async (t) => {
  const port = await listen(t, createHttpServer());
  const { fingerprint } = certificate;
  t.match(await clientFor(t).fetchStatus(posServerAt(`https://127.0.0.1:${port}`, { fingerprint })), {
    failure: { code: "tls", detail: /ERR_SSL_/ },
  });
});

t.test("kept TLS connections are made once", async (t) => {
  const server = await listenTls(t, certificate);
  const client = clientFor(t, { keepConnections: true });
  const posServer = posServerAt(`https://127.0.0.1:${server.port}`, { fingerprint: certificate.fingerprint });
  for (let poll = 0; poll < 3; poll += 1) t.match(await client.fetchStatus(posServer), { ok: true });
  t.same(server.resumed, [false]);
  const other = { ...posServer, fingerprint: (await makeCertificate()).fingerprint };
  t.match(await client.fetchStatus(other), { failure: { code: "certificate_changed" } });
  t.equal(server.requests.length, 3, "a kept connection is not used for another fingerprint");
});
