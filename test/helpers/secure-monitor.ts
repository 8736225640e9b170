import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Test } from "tap";
import type { PosClient } from "../../src/monitor/pos-client/client.ts";
import { publicKeyPin } from "../../src/protocol/public-key-pin.ts";
import { startMonitor, type TestMonitor } from "./app.ts";
import { makeCertificate, type TestCertificate } from "./certificate.ts";
import type { TestClock } from "./clock.ts";
import { commandClient } from "./commands.ts";
import { makeFolder } from "./folder.ts";

export interface SecureMonitor {
  monitor: TestMonitor;
  client: PosClient;
  url: string;
  /** Of its public key. */
  pin: string;
}

export interface SecureMonitorOptions {
  certificate?: TestCertificate;
  /** One whose key agents are told beforehand. */
  next?: TestCertificate;
  /** Of a monitor that ran before. */
  dataDir?: string;
  port?: number;
  /** The test's, which stands, unless told. */
  clock?: TestClock;
}

/** A monitor over TLS with a certificate that no authority vouches for. */
export async function startSecureMonitor(
  t: Test,
  { certificate, next, dataDir, port = 0, clock }: SecureMonitorOptions = {},
): Promise<SecureMonitor> {
  const folder = makeFolder(t);
  const { cert, key } = certificate ?? (await makeCertificate());
  const tls = { certificateFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem") };
  const nextFile = join(folder, "next.pem");
  await writeFile(tls.certificateFile, cert);
  await writeFile(tls.keyFile, key);
  if (next) await writeFile(nextFile, next.cert);
  const agentCertificateFiles = [tls.certificateFile, ...(next ? [nextFile] : [])];
  const client = commandClient(t);
  const config = { tls, agentCertificateFiles };
  const monitor = await startMonitor(t, {
    ...{ client, config },
    ...(dataDir !== undefined && { dataDir }),
    ...(clock && { clock }),
  });
  const url = await monitor.app.listen({ host: "127.0.0.1", port });
  return { monitor, client, url, pin: publicKeyPin(new X509Certificate(cert)) };
}
