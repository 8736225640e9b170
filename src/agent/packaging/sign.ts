import { rename } from "node:fs/promises";
import { runTool } from "./run-tool.ts";

/** PKCS#12 of whoever publishes the agent, and the file with its password. */
export interface Certificate {
  file: string;
  passwordFile: string;
}

const HOW_TO_GET = "Install it: apt-get install osslsigncode";

/** Signs a Windows program in its place. @throws BuildError */
export async function sign(program: string, { file, passwordFile }: Certificate): Promise<void> {
  const signed = `${program}.signed`;
  const key = ["-pkcs12", file, "-readpass", passwordFile];
  const facts = ["-n", "Poswatch agent", "-h", "sha256"];
  await runTool("osslsigncode", ["sign", ...key, ...facts, "-in", program, "-out", signed], HOW_TO_GET);
  await rename(signed, program);
}
