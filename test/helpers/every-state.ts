import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import type { TestMonitor } from "./app.ts";

/** Adds POS servers in every state of the table. @returns their ids. */
export async function addOneInEachState(monitor: TestMonitor) {
  const add = (name: string) => monitor.addPosServer({ name, address: null });
  const ids = {
    syncError: await add("Тверская, 12"),
    serviceStopped: await add("Невский, 88"),
    unreachable: await add("Лиговский, 30"),
    stale: await add("Мира, 1"),
    outdated: await add("Ленина, 44"),
    pending: await add("Московская, 21"),
    synced: [await add("Садовая, 3"), await add("Пушкина, 17"), await add("Гагарина, 9")],
  };
  for (const id of ids.synced) await monitor.report(id);
  await monitor.report(ids.outdated, { version: "34.0.12" });
  await monitor.report(ids.stale, { syncedAgoMs: 23 * MINUTE_MS });
  await monitor.report(ids.syncError, {
    syncedAgoMs: 161 * MINUTE_MS,
    error: "Не удалось применить изменения программы: нарушена целостность базы (guest_wallet)",
  });
  const service = { name: "iikoCard5POS", state: "stopped", startedAt: null } as const;
  await monitor.report(ids.serviceStopped, { syncedAgoMs: 268 * MINUTE_MS, service });
  await monitor.report(ids.unreachable, { syncedAgoMs: 5 * MINUTE_MS });
  await monitor.fail(ids.unreachable, "connect_timeout", "connect ETIMEDOUT 10.9.0.9:8443");
  return ids;
}
