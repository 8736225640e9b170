import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isSameSecret } from "../../../protocol/is-same-secret.ts";
import { makeSecretToken } from "../../secrets/secret-token.ts";

const TOKEN_FILE = "setup-token";

/** The one-time secret that guards `/setup`: a file of mode 0600 in the data folder, until there is an administrator. */
export interface SetupToken {
  file: string;
  text: string;
  isRight(typed: string): boolean;
}

/** Opens the token of a data folder; it is made when it is not there. */
export function openSetupToken(dataDir: string): SetupToken {
  const file = join(dataDir, TOKEN_FILE);
  if (!existsSync(file))
    writeFileSync(file, `${makeSecretToken()}\n`, { mode: 0o600, flag: "wx", flush: true });
  const text = readFileSync(file, "utf8").trim();
  return {
    file,
    text,
    isRight: (typed) => isSameSecret(typed.trim(), text),
  };
}

/** Removes the token of a data folder: there is an administrator now. */
export function removeSetupToken(dataDir: string): void {
  rmSync(join(dataDir, TOKEN_FILE), { force: true });
}
