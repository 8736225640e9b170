import type { CommandKind } from "./command-kind.ts";
import type { CommandRecord } from "./record-store.ts";

/** A monitor that still asks after so long has lost its own memory. */
const KEEP_ANSWERS_MS = 30 * 24 * 60 * 60_000;

/** Reads the commands that the end of the agent cut short, and forgets answers that nobody will ask for any more. */
export async function readUnfinished<Order, Record extends CommandRecord<Order, unknown>>({
  store,
  logger,
  name,
}: CommandKind<Order, Record>): Promise<Record[]> {
  const unfinished: Record[] = [];
  const keys = await store.list().catch((error: unknown) => {
    logger.error({ err: error, command: name }, "journals cannot be read");
    return [];
  });
  for (const key of keys) {
    try {
      const record = await store.read(key);
      if (record && record.phase !== "ended") unfinished.push(record);
      else if (record && isOld(record)) await store.remove(key);
    } catch (error) {
      logger.error({ err: error, command: name, key }, "journal of a command cannot be read");
    }
  }
  return unfinished;
}

function isOld({ acceptedAt }: { acceptedAt: string }): boolean {
  return Date.now() - Date.parse(acceptedAt) > KEEP_ANSWERS_MS;
}
