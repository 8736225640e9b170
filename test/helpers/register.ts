import type { Owner } from "./owner.ts";
import { TOKEN } from "./pos-server.ts";
import { runPoswatch } from "./program.ts";

export interface Registration {
  crmId?: string;
  organization?: string | null;
  name?: string;
  /** Address without encryption; without it the input is a pairing string. */
  http?: string;
  input?: string;
}

/** Runs the command that adds a POS server. @returns its exit code and what it printed. */
export async function register(t: Owner, dataDir: string, registration: Registration) {
  const { crmId = "100237", organization = "ООО «Вкусный дом»", name = "Тверская, 12", http } = registration;
  const args = ["--crm-id", crmId, "--name", name];
  if (organization !== null) args.push("--organization", organization);
  if (http !== undefined) args.push("--http", http);
  const { input = "" } = registration;
  return await runPoswatch(t, ["register", ...args], { env: { DATA_DIR: dataDir }, input });
}

/** Adds a POS server that is called over HTTP. */
export async function registerPlain(t: Owner, dataDir: string, address: string, name?: string) {
  const input = `${TOKEN}\n`;
  const { code, output } = await register(t, dataDir, { http: address, input, ...(name && { name }) });
  if (code !== 0) throw new Error(output);
}
