import type { Settings } from "./settings.ts";

/** The address at which agents reach the monitor, as codes name it; null = nobody has said it yet. */
export function agentAddress({ publicAddress }: Pick<Settings, "publicAddress">): string | null {
  return publicAddress || null;
}
