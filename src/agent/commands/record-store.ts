import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { writeFileAtomically } from "../../protocol/files.ts";
import { ifThere } from "../files/files.ts";

const RECORD_FILE = /^([0-9a-f-]{36})\.json$/;

/** The journal of a command while it runs, and its answer afterwards. */
export interface CommandRecord<Order, Report> {
  /** Its `Idempotency-Key`, in lower case. */
  key: string;
  /** ISO 8601 UTC */
  acceptedAt: string;
  order: Order;
  phase: string;
  report: Report;
}

export type RecordStore<Record extends { key: string }> = ReturnType<typeof createRecordStore<Record>>;

/** One file per record; after a power failure it is the old or the new one. */
export function createRecordStore<Record extends { key: string }>(directory: string, schema: TSchema) {
  const validator = Compile(schema);
  const fileOf = (key: string) => join(directory, `${key}.json`);

  return {
    /** @returns null when there is none. @throws when it cannot be read or is damaged. */
    async read(key: string): Promise<Record | null> {
      const text = await ifThere(readFile(fileOf(key), "utf8"));
      if (text === null) return null;
      const content: unknown = JSON.parse(text);
      if (validator.Check(content)) return content as Record;
      throw new Error(`${fileOf(key)} is damaged: nobody knows what became of this command`);
    },
    async write(record: Record): Promise<void> {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFileAtomically(fileOf(record.key), `${JSON.stringify(record, null, 2)}\n`, 0o600);
    },
    async list(): Promise<string[]> {
      const names = (await ifThere(readdir(directory))) ?? [];
      return names.map((name) => RECORD_FILE.exec(name)?.[1]).filter((key) => key !== undefined);
    },
    remove: (key: string) => rm(fileOf(key), { force: true }),
  };
}
