import { connect } from "node:net";
import { createServer } from "node:tls";
import type { TestCertificate } from "./certificate.ts";
import { listen } from "./listen.ts";
import type { Owner } from "./owner.ts";

/** Takes TLS off before a server of this machine. @returns the port over which it is reached with TLS. */
export async function listenTlsFront(t: Owner, certificate: TestCertificate, leadTo: number) {
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
    const onwards = connect(leadTo, "127.0.0.1");
    for (const end of [socket, onwards]) end.on("error", () => undefined);
    socket.on("close", () => onwards.destroy());
    onwards.on("close", () => socket.destroy());
    socket.pipe(onwards).pipe(socket);
  });
  server.on("tlsClientError", () => undefined); // clients that refuse the certificate are what is tested
  return await listen(t, server);
}
