import type { Profile } from "../profiles/profile-schema.ts";
import type { AgentConfigFile } from "./config-schema.ts";

/** null = not configured. */
export interface ChecksConfig {
  port: number | null;
  urlAcl: string | null;
  mainServer: { host: string; port: number | null; amqpPort: number | null } | null;
  everyMs: number;
}

export function parseChecksConfig(file: AgentConfigFile["checks"], profile: Profile["checks"]): ChecksConfig {
  const host = file.mainServer?.replace(/^\[|\]$/g, "");
  return {
    port: file.port ?? profile.port ?? null,
    urlAcl: file.urlAcl ?? profile.urlAcl ?? null,
    mainServer: host
      ? {
          host,
          port: file.mainServerPort ?? profile.mainServerPort ?? null,
          amqpPort: file.amqpPort ?? profile.amqpPort ?? null,
        }
      : null,
    everyMs: file.everySeconds * 1000,
  };
}
