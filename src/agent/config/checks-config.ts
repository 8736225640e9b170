import type { Profile } from "../profiles/profile-schema.ts";
import type { AgentConfigFile } from "./config-schema.ts";

/** null = not configured. */
export type ChecksConfig = ReturnType<typeof parseChecksConfig>;

export function parseChecksConfig(file: AgentConfigFile["checks"], profile: Profile["checks"]) {
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
