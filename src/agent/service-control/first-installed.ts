import type { ServiceStatus } from "./service-control.ts";

/** Asks for each name in turn; the first service that is installed counts, otherwise the first name. */
export async function firstInstalled(
  names: readonly string[],
  readStatus: (name: string) => Promise<ServiceStatus>,
): Promise<ServiceStatus> {
  for (const name of names) {
    const status = await readStatus(name);
    if (status.state !== "not_installed") return status;
  }
  return { name: names[0] ?? "", state: "not_installed", startedAt: null, processId: null };
}
