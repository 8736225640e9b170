import { searchText } from "../../database/text.ts";
import type { CheckedRow } from "./check-row.ts";
import type { RowProblem } from "./row-problem.ts";

/** Where something stands first in the file. */
export interface FileRows {
  byKey: Map<string, CheckedRow>;
  byIdentity: Map<string, CheckedRow>;
  /** By CrmId; only rows that name the organization. */
  naming: Map<string, CheckedRow>;
}

/** Notes where each POS server, identity and organization stands first, to find rows that contradict it. */
export function indexRows(rows: CheckedRow[]): FileRows {
  // The first row of a key stays when the rows are entered backwards.
  const backwards = rows.toReversed();
  return {
    byKey: new Map(backwards.map((row) => [row.key, row])),
    byIdentity: new Map(
      backwards.flatMap((row): [string, CheckedRow][] => {
        const identity = identityOf(row);
        return identity === null ? [] : [[identity, row]];
      }),
    ),
    naming: new Map(backwards.filter((row) => row.organization).map((row) => [row.crmId, row])),
  };
}

/** Finds what contradicts an earlier row of the file. */
export function findContradictions(row: CheckedRow, { byKey, byIdentity, naming }: FileRows): RowProblem[] {
  const problems: RowProblem[] = [];
  const same = byKey.get(row.key);
  if (row.crmId && row.name && same && same !== row) {
    problems.push({ code: "repeated_pos_server", values: { rowNumber: same.rowNumber } });
  }
  const paired = byIdentity.get(identityOf(row) ?? "");
  if (paired && paired !== row) {
    problems.push({ code: "repeated_identity", values: { rowNumber: paired.rowNumber } });
  }
  const named = naming.get(row.crmId);
  if (row.crmId && row.organization && named && !isSameName(named.organization, row.organization)) {
    const { organization: name, rowNumber } = named;
    problems.push({ code: "organization_names_differ", values: { name, rowNumber } });
  }
  return problems;
}

/** `posServerId` of the row's pairing string, or null. */
export function identityOf({ given }: CheckedRow): string | null {
  return given?.kind === "paired" ? given.connection.identity : null;
}

/** Whether people would take both for one name. */
export function isSameName(one: string, other: string): boolean {
  return searchText(one) === searchText(other);
}
