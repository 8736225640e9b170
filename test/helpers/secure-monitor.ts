import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Test } from "tap";
import type { PosClient } from "../../src/monitor/pos-client/client.ts";
import { publicKeyPin } from "../../src/protocol/public-key-pin.ts";
import { startMonitor, type TestMonitor } from "./app.ts";
import { makeCertificate } from "./certificate.ts";
import { commandClient } from "./commands.ts";
import { makeFolder } from "./folder.ts";

export interface SecureMonitor {
  monitor: TestMonitor;
  client: PosClient;
  url: string;
  /** Of its public key. */
  pin: string;
}

/** A monitor over TLS with a certificate that no authority vouches for. */
export async function startSecureMonitor(t: Test): Promise<SecureMonitor> {
  const folder = makeFolder(t);
  const { cert, key } = await makeCertificate();
  const tls = { certificateFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  await writeFile(tls.certificateFile, cert);
  await writeFile(tls.keyFile, key);
  const client = commandClient(t);
  const monitor = await startMonitor(t, { client, config: { tls } });
  const url = await monitor.app.listen({ host: "127.0.0.1", port: 0 });
  return { monitor, client, url, pin: publicKeyPin(new X509Certificate(cert)) };
}
