import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseResetReport } from "../../src/protocol/commands.ts";
import { parsePairingString } from "../../src/protocol/pairing-string.ts";
import { callAgent, type ListeningAgent, sendToAgent } from "./agent.ts";
import { waitFor } from "./wait-for.ts";

type CommandPath = "/v1/database-resets" | "/v1/service-starts" | "/v1/service-restarts";

interface CommandOrder {
  key?: string;
  notAfter?: string;
  posServerId?: unknown;
  startService?: unknown;
  machine?: string;
}

/** Sends a command as the monitor does; what is not given is right. */
export function sendCommand(
  agent: ListeningAgent,
  path: CommandPath,
  { key = randomUUID(), notAfter, ...order }: CommandOrder = {},
) {
  const posServerId = parsePairingString(agent.pairingString)?.posServerId;
  const isReset = path === "/v1/database-resets";
  const body = { posServerId, ...(isReset && { startService: true }), ...order };
  const headers = { "idempotency-key": key, ...(notAfter !== undefined && { "x-not-after": notAfter }) };
  return sendToAgent(agent, path, body, { headers });
}

export async function awaitCommand(agent: ListeningAgent, path: CommandPath, key: string) {
  const read = async () => (await callAgent(agent, `${path}/${key}`)).body as DatabaseResetReport;
  await waitFor(async () => ["done", "failed"].includes((await read()).step));
  return await read();
}

/** Waits until a reset needs nothing more, its manifest neither: "done" comes before. */
export async function awaitEndOfReset(root: string, key: string): Promise<void> {
  const journal = join(root, "state", "database-resets", `${key}.json`);
  await waitFor(async () => JSON.parse(await readFile(journal, "utf8")).phase === "ended");
}

export async function resetDatabase(
  agent: ListeningAgent,
  order: { key?: string; startService?: boolean } = {},
): Promise<DatabaseResetReport> {
  const key = order.key ?? randomUUID();
  const { status, body } = await sendCommand(agent, "/v1/database-resets", { ...order, key });
  if (status !== 202) throw new Error(`refused: ${status} ${JSON.stringify(body)}`);
  return awaitCommand(agent, "/v1/database-resets", key);
}
