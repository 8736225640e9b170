import { readFileSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import { writeFileAtomically } from "../../protocol/write-file-atomically.ts";
import type { Places } from "./places.ts";

const UpgradeRecord = Type.Object({
  /** The version that is to be taken. */
  version: Type.String(),
  /** `trying`: the database may be newer than the version before. `refused`: it is as it was. */
  state: Type.Enum(["trying", "refused"]),
  tries: Type.Integer(),
  /** Why it was refused. */
  why: Type.String(),
});
export type UpgradeRecord = Type.Static<typeof UpgradeRecord>;

const fileOf = ({ data }: Places) => join(data, "upgrade.json");

/** @returns null when there was none. */
export function readUpgradeRecord(places: Places): UpgradeRecord | null {
  try {
    const record: unknown = JSON.parse(readFileSync(fileOf(places), "utf8"));
    return Value.Check(UpgradeRecord, record) ? record : null;
  } catch {
    return null;
  }
}

export async function writeUpgradeRecord(places: Places, record: UpgradeRecord): Promise<void> {
  await writeFileAtomically(fileOf(places), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}
