import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Test } from "tap";
import { publicKeyPin } from "../../src/protocol/certificates.ts";
import { startMonitor, type TestMonitorOptions } from "./app.ts";
import { makeCertificate, type TestCertificate } from "./certificate.ts";
import { commandClient } from "./commands.ts";
import { makeFolder } from "./folder.ts";

/** A monitor whose certificate no authority vouches for. @param next one whose key agents are told beforehand. */
export async function startSecureMonitor(
  t: Test,
  options: Pick<TestMonitorOptions, "clock" | "dataDir"> = {},
  {
    certificate,
    next,
    port = 0,
  }: { certificate?: TestCertificate; next?: TestCertificate; port?: number } = {},
) {
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
  const monitor = await startMonitor(t, { client, config, ...options });
  const url = await monitor.app.listen({ host: "127.0.0.1", port });
  return { monitor, client, url, pin: publicKeyPin(new X509Certificate(cert)) };
}
