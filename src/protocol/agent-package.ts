import Type, { type Static } from "typebox";

export const AGENT_PACKAGE_PATH = "/agent/windows.zip";
/** In the monitor's data folder. */
export const AGENT_PACKAGES_FOLDER = "agent-packages";
export const PACKAGE_FILES = { zip: "windows.zip", facts: "windows.json" } as const;

export const AgentPackage = Type.Object({
  version: Type.String({ minLength: 1, maxLength: 64 }),
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  /** Bytes. */
  size: Type.Integer({ minimum: 1 }),
});
export type AgentPackage = Static<typeof AgentPackage>;
