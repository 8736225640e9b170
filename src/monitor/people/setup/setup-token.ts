import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSameSecret } from "../../../protocol/is-same-secret.ts";
import { makeSecretToken } from "../../secrets/secret-token.ts";

const TOKEN_FILE = "setup-token";

/** Opens or makes the one-time secret that guards `/setup`: a file of mode 0600 in the data folder until there is an administrator. */
export function openSetupToken(dataDir: string) {
  const file = join(dataDir, TOKEN_FILE);
  if (!existsSync(file))
    writeFileSync(file, `${makeSecretToken()}\n`, { mode: 0o600, flag: "wx", flush: true });
  const text = readFileSync(file, "utf8").trim();
  return { file, text, isRight: (typed: string) => isSameSecret(typed.trim(), text) };
}

export function removeSetupToken(dataDir: string): void {
  rmSync(join(dataDir, TOKEN_FILE), { force: true });
}
