import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readMonitorAddress } from "../../protocol/monitor-address.ts";
import { findTlsProblem, settingsOf, TLS_CHOICES } from "../installation/tls-choice.ts";
import { makeOwnCertificate, readMonitorPins } from "../secrets/read-certificate.ts";
import { hasKey, readKey } from "../secrets/secret-box.ts";
import { loadConfig, writeSettings } from "../settings-file.ts";
import { callOf } from "../translations/call-of.ts";
import { runCommand } from "./command-line.ts";

const call = callOf("tls");
const USAGE = `Says who encrypts what agents send, as /setup asks for it, in the file poswatch.env; the monitor takes it at its next start.

  ${call} own ADDRESS [--pages]        Poswatch, by a key of its own that never changes; with --pages the pages too
  ${call} files ADDRESS CERT KEY       Poswatch, by your certificate, which is that of the pages too (PEM)
  ${call} proxy                        a proxy on this machine
  ${call}                              tells what is set

ADDRESS is that at which agents reach it, such as https://poswatch.example:8443. It also stands under “Settings” → “Address of Poswatch”.
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { pages: { type: "boolean", default: false } },
  });
  const config = loadConfig(process.env);
  const [name, ...rest] = positionals;
  if (name === undefined) return tell();
  const kind = TLS_CHOICES.find((choice) => choice === name);
  const [text = kind === "proxy" ? "https://localhost" : "", certificateFile = "", keyFile = ""] = rest;
  const read = readMonitorAddress(text);
  const wanted = { own: 1, files: 3, proxy: 0 };
  if (kind && rest.length === wanted[kind] && "problem" in read)
    throw new Error(`${text} is no ADDRESS: it is such as https://poswatch.example:8443`);
  if (!kind || rest.length !== wanted[kind] || "problem" in read) throw new Error(USAGE);
  const choice = {
    kind,
    address: new URL(read.address),
    certificateFile: resolve(certificateFile),
    keyFile: resolve(keyFile),
    hasPages: values.pages,
  };
  const problem = await findTlsProblem(choice, config);
  if (problem) throw new Error(problem.detail);
  const settings = settingsOf(choice);
  // Where agents already have a port, who listens there was decided.
  if (choice.kind === "own" && config.agentListener) delete settings.AGENT_HOST;
  await writeSettings(config.dataDir, settings);
  tell();
  process.stdout.write("Start Poswatch anew for it to take this.\n");
}

function tell(): void {
  const { dataDir, host, port, tls, agentListener, agentTls, agentCertificateFiles } = loadConfig(
    process.env,
  );
  const name = (source: typeof tls) =>
    source === null ? "plain HTTP" : source === "own" ? "its own key" : source.certificateFile;
  const lines = [`Pages at ${host}:${port}: ${name(tls)}`];
  if (agentListener)
    lines.push(`Agents at ${agentListener.host}:${agentListener.port}: ${name(agentTls ?? tls)}`);
  const own =
    existsSync(dataDir) && hasKey(dataDir) ? makeOwnCertificate(readKey(dataDir), Date.now()).cert : null;
  if (own)
    lines.push(...readMonitorPins(agentCertificateFiles, own).map((pin) => `Agents know the key ${pin}`));
  process.stdout.write(`${lines.join("\n")}\n`);
}

runCommand(USAGE, main);
