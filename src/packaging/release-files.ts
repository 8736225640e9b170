import { createHash, type KeyObject, sign } from "node:crypto";
import { NPM } from "./fetch-package.ts";
import { PROJECT, projectVersion } from "./project.ts";
import { runTool } from "./run-tool.ts";

/** The packages that are handed out, as CycloneDX; the same lock file makes the same bytes. @throws BuildError */
export async function makeSbom(): Promise<[name: string, content: Buffer]> {
  const args = ["sbom", "--omit=dev", "--package-lock-only", "--sbom-format=cyclonedx", "--prefix", PROJECT];
  const { serialNumber: _random, metadata, ...sbom } = JSON.parse(await runTool(NPM, args));
  const { timestamp: _now, ...facts } = metadata;
  const text = `${JSON.stringify({ ...sbom, metadata: facts }, null, 2)}\n`;
  return [`poswatch-${projectVersion()}.sbom.json`, Buffer.from(text)];
}

/** `SHA256SUMS` as `sha256sum --check` reads it and, with the key of updates, its signature (Ed25519, raw). */
export function makeChecksums(
  files: ReadonlyMap<string, Buffer>,
  signingKey: KeyObject | null,
): [string, Buffer][] {
  const lines = [...files].map(
    ([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`,
  );
  const sums = Buffer.from(lines.join(""));
  const own: [string, Buffer][] = [["SHA256SUMS", sums]];
  return signingKey ? [...own, ["SHA256SUMS.sig", sign(null, sums, signingKey)]] : own;
}
