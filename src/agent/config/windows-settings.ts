import { askHost, askUtcOffset } from "../machine/ask-host.ts";
import { hostProgram } from "../machine/service-host.ts";
import type { ValueSource } from "../settings/setting-types.ts";

const VERSION = "(\\d+(?:\\.\\d+)+)";

export type WindowsSettings = ReturnType<typeof createWindowsSettings>;

/** What only Windows knows about this machine; null = unknown. */
export function createWindowsSettings() {
  const host = hostProgram();
  return {
    /** The profile folder of the account of the first installed service. */
    async profileFolder(serviceNames: readonly string[]): Promise<string | null> {
      if (host === null) return null;
      const facts = await askHost(host, serviceNames).catch(() => null);
      return facts?.profile ?? null;
    },
    /** Minutes that Windows is ahead of UTC now. */
    async utcOffset(): Promise<number | null> {
      return host === null ? null : await askUtcOffset(host).catch(() => null);
    },
  };
}

/** null unless the offset of Windows differs from Node's, which knows newer time zones: the logs' times follow Windows. */
export async function otherOffset(
  { utcOffset }: Pick<WindowsSettings, "utcOffset">,
  ofNode = -new Date().getTimezoneOffset(),
): Promise<number | null> {
  const ofWindows = await utcOffset();
  return ofWindows === ofNode ? null : ofWindows;
}

/** The native host tells the version of the first installed service's program; null without one. */
export function windowsVersionSource(serviceNames: readonly string[]): ValueSource | null {
  const host = hostProgram();
  return host === null ? null : { command: [host, "service-version", ...serviceNames], pattern: VERSION };
}
