import type { PosServer } from "../../src/monitor/pos-client/calls/pos-server.ts";
import type { StatusReport } from "../../src/protocol/status-report.ts";

export const POS_SERVER_ID = "5b0e9a0e-6c0b-4b3f-9a55-0f7f4ad0b1c2";
export const TOKEN = "a-token-that-nobody-may-see";

/** A POS server of the registry, paired with what `exampleReport` reports. */
export function posServerAt(address: string, changes: Partial<PosServer> = {}): PosServer {
  return {
    id: 1,
    connection: "direct",
    address,
    token: TOKEN,
    fingerprint: null,
    posServerId: POS_SERVER_ID,
    crmId: "100237",
    ...changes,
  };
}

export function exampleReport(changes: Partial<StatusReport> = {}): StatusReport {
  return {
    protocol: 1,
    posServerId: POS_SERVER_ID,
    version: "34.2.117.0",
    crmId: "100237",
    time: "2026-11-24T13:43:00.000Z",
    utcOffsetMinutes: 180,
    service: { name: "iikoCard5POS", state: "running", startedAt: "2026-11-20T05:00:11.000Z" },
    sync: {
      lastAttemptAt: "2026-11-24T13:42:10.000Z",
      lastSuccessAt: "2026-11-24T11:02:09.000Z",
      error: { at: "2026-11-24T13:42:12.000Z", message: "нарушена целостность базы" },
    },
    database: {
      exists: true,
      bytes: 222298112,
      createdAt: "2026-09-01T08:00:00.000Z",
      modifiedAt: "2026-11-24T13:42:12.000Z",
    },
    disk: { freeBytes: 51234567168, totalBytes: 127999672320 },
    agent: { quarantineDays: 14 },
    ...changes,
  };
}
