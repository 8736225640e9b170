import type { Db } from "../database/schema.ts";
import { searchText } from "../database/text.ts";
import { MAX_NAME_LENGTH, readName } from "../organizations/registry/names.ts";
import { listNames } from "../organizations/registry/pos-servers.ts";

const WITHOUT_NAME = "POS";
/** Room for « 10000». */
const NUMBER_LENGTH = 7;

/** A name for a POS server after its machine, which no other one of the organization has: `KASSA`, `KASSA 2`. */
export async function freeName(db: Db, organizationId: number, host: string): Promise<string> {
  const name = readName(host).slice(0, MAX_NAME_LENGTH - NUMBER_LENGTH) || WITHOUT_NAME;
  const taken = new Set((await listNames(db, organizationId)).map((row) => searchText(row.name)));
  let candidate = name;
  for (let number = 2; taken.has(searchText(candidate)); number += 1) candidate = `${name} ${number}`;
  return candidate;
}
