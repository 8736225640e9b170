import { searchText } from "../../database/text.ts";
import { type MissingToken, NOT_CONNECTED, nextConnection } from "../registry/connection.ts";
import type { PosServerConnection } from "../registry/registry.ts";
import { type CheckedRow, missingField } from "./check-row.ts";
import type { KnownOrganization, KnownPosServer, Registered } from "./registered.ts";
import { plainProblem, type RowProblem } from "./row-problem.ts";

export interface MatchedRow {
  organization: KnownOrganization | null;
  /** As registered, or as the file says. */
  organizationName: string;
  posServer: KnownPosServer | null;
  /** null when the row has a problem. */
  connection: PosServerConnection | null;
  problems: RowProblem[];
}

interface FileRows {
  byKey: Map<string, CheckedRow>;
  byIdentity: Map<string, CheckedRow>;
  /** By CrmId; rows that name the organization. */
  naming: Map<string, CheckedRow>;
}

export function matchRow(row: CheckedRow, fileRows: FileRows, registered: Registered): MatchedRow {
  const organization = registered.organizations.get(row.crmId) ?? null;
  const organizationName = organization?.name ?? fileRows.naming.get(row.crmId)?.organization ?? "";
  const namesakes = registered.posServers.get(row.key) ?? [];
  const exact = namesakes.find((posServer) => posServer.name === row.name);
  const posServer = exact ?? namesakes[0] ?? null;
  const problems = checkOrganization(row, organization, organizationName);
  if (!exact && namesakes.length > 1) problems.push(plainProblem("name_ambiguous"));

  const owner = registered.identities.get(identityOf(row) ?? "");
  if (owner && owner.posServerId !== posServer?.id) {
    const { name, organization } = owner;
    problems.push({ code: "identity_registered", values: { name, organization } });
  }
  if (lacksTimeZone(row, organization, posServer)) problems.push(plainProblem("no_time_zone"));
  const connection = findConnection(row, posServer);
  if (typeof connection === "object") {
    return { organization, organizationName, posServer, connection, problems };
  }
  problems.push(plainProblem(connection));
  return { organization, organizationName, posServer, connection: null, problems };
}

function lacksTimeZone(
  { openingHours: given, problems }: CheckedRow,
  organization: KnownOrganization | null,
  posServer: KnownPosServer | null,
): boolean {
  const isAnyGiven = given.hours !== undefined || given.works !== undefined;
  const known = given.timeZone ?? posServer?.openingHours.timeZone ?? organization?.timeZone;
  const isWrong = problems.some(({ code }) => code === "unknown_time_zone");
  return isAnyGiven && known == null && !isWrong;
}

function findConnection(
  { given, isConnectionKept }: CheckedRow,
  posServer: KnownPosServer | null,
): PosServerConnection | MissingToken | null {
  if (given) return nextConnection(given, posServer ?? NOT_CONNECTED);
  if (!isConnectionKept) return null;
  return posServer ? connectionOf(posServer) : NOT_CONNECTED;
}

function connectionOf({ connection, address, token, fingerprint, identity }: KnownPosServer) {
  return { connection, address, token, fingerprint, identity };
}

function checkOrganization(
  row: CheckedRow,
  organization: KnownOrganization | null,
  organizationName: string,
): RowProblem[] {
  if (!organization) return row.crmId && !organizationName ? [missingField("organization")] : [];
  if (organization.isArchived) return [plainProblem("organization_archived")];
  if (!row.organization || isSameName(row.organization, organization.name)) return [];
  return [{ code: "organization_registered_as", values: { name: organization.name } }];
}

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

function identityOf({ given }: CheckedRow): string | null {
  return given?.kind === "paired" ? given.connection.identity : null;
}

/** Whether people would take both for one name. */
function isSameName(one: string, other: string): boolean {
  return searchText(one) === searchText(other);
}
