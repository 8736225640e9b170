import { isDeepStrictEqual } from "node:util";
import { searchText } from "../../database/text.ts";
import { NO_OPENING_HOURS, type OpeningHours } from "../../fleet/opening-hours/opening-hours.ts";
import { upcomingWorks } from "../../fleet/opening-hours/schedule.ts";
import { type MissingToken, NOT_CONNECTED, nextConnection } from "../../registry/connection.ts";
import type { PosServerConnection } from "../../registry/registry.ts";
import {
  ANY_ZONE,
  type CheckedRow,
  type GivenHours,
  missingField,
  posServerKey,
  type RowProblem,
  rowProblem,
} from "./check-row.ts";
import type { KnownOrganization, KnownPosServer, Registered } from "./registered.ts";

export interface MatchedRow {
  organization: KnownOrganization | null;
  /** As registered, or as the file says. */
  organizationName: string;
  posServer: KnownPosServer | null;
  /** The registered opening hours of what the row is about. */
  stored: OpeningHours;
  /** null = they stay as they are. */
  hoursChange: GivenHours | null;
  /** null when the row has a problem. */
  connection: PosServerConnection | null;
  problems: RowProblem[];
}

interface FileRows {
  byKey: Map<string, CheckedRow>;
  byIdentity: Map<string, CheckedRow>;
  /** By CrmId; rows that name the organization, its own row first. */
  naming: Map<string, CheckedRow>;
}

/** @param now ms UTC, for works that are over. */
export function matchRow(
  row: CheckedRow,
  fileRows: FileRows,
  registered: Registered,
  now: number,
): MatchedRow {
  const organization = registered.organizations.get(row.crmId) ?? null;
  const organizationName = organization?.name ?? fileRows.naming.get(row.crmId)?.organization ?? "";
  const problems = checkOrganization(row, organization, fileRows);
  const { posServer, problem } = findPosServer(row, registered);
  const isOfSome = !row.problems.some(({ code }) => code === "crm_id_not_digits");
  if (problem && isOfSome) problems.push(rowProblem(problem));

  const owner = registered.identities.get(identityOf(row));
  if (owner && owner.id !== posServer?.id) {
    const { name, organization } = owner;
    problems.push(rowProblem("identity_registered", { name, organization }));
  }
  const stored = (row.name === "" ? organization : posServer)?.openingHours ?? NO_OPENING_HOURS;
  const own = row.name === "" ? undefined : fileRows.byKey.get(posServerKey(row.crmId, ""));
  const knownZone = organization?.openingHours.timeZone ?? null;
  const { timeZone: sharedZone = knownZone } = own?.openingHours ?? {};
  const hoursChange = findHoursChange(row.openingHours, stored, stored.timeZone ?? knownZone, now);
  if (hoursChange && lacksTimeZone(row, { ...stored, ...hoursChange }, sharedZone))
    problems.push(rowProblem("no_time_zone"));
  const matched = { organization, organizationName, posServer, stored, hoursChange, problems };
  const connection = findConnection(row, posServer);
  if (typeof connection === "object") return { ...matched, connection };
  problems.push(rowProblem(connection));
  return { ...matched, connection: null };
}

/** By its row key, so that it can be renamed, else by its name. */
function findPosServer(
  { rowKey, key, crmId, name }: CheckedRow,
  { byRowKey, posServers, organizations }: Registered,
): { posServer: KnownPosServer | null; problem: "name_ambiguous" | "name_taken" | "key_unknown" | null } {
  const namesakes = posServers.get(key) ?? [];
  if (rowKey === null) {
    const exact = namesakes.find((posServer) => posServer.name === name);
    const isAmbiguous = !exact && namesakes.length > 1;
    return { posServer: exact ?? namesakes[0] ?? null, problem: isAmbiguous ? "name_ambiguous" : null };
  }
  const posServer = byRowKey.get(rowKey);
  if (!posServer || posServer.organizationId !== organizations.get(crmId)?.id)
    return { posServer: null, problem: "key_unknown" };
  const isTaken = posServer.name !== name && namesakes.some(({ id }) => id !== posServer.id);
  return { posServer, problem: isTaken ? "name_taken" : null };
}

/** What differs from what is registered; works that are over at `now` do not count. @returns null for nothing. */
function findHoursChange(
  given: GivenHours,
  stored: OpeningHours,
  timeZone: string | null,
  now: number,
): GivenHours | null {
  const known = { ...stored, works: upcomingWorks(stored.works, timeZone ?? ANY_ZONE, now) };
  const changed = Object.entries(given).filter(
    ([field, said]) => !isDeepStrictEqual(said, known[field as keyof OpeningHours]),
  );
  return changed.length > 0 ? Object.fromEntries(changed) : null;
}

function lacksTimeZone(
  { name, problems }: CheckedRow,
  { hours, works, timeZone }: OpeningHours,
  sharedZone: string | null,
): boolean {
  const isAnySaid = hours !== null || works.weekly.length + works.once.length > 0;
  const known = timeZone ?? (name === "" ? null : sharedZone);
  return isAnySaid && known === null && !problems.some(({ code }) => code === "unknown_time_zone");
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
  { organization: name, crmId, name: posServer }: CheckedRow,
  organization: KnownOrganization | null,
  { naming }: FileRows,
): RowProblem[] {
  if (!organization) return crmId && !naming.has(crmId) ? [missingField("organization")] : [];
  if (organization.isArchived) return [rowProblem("organization_archived")];
  if (!name || posServer === "" || isSameName(name, organization.name)) return [];
  const { name: ofPosServer, organization: renamed = "" } = naming.get(crmId) ?? {};
  if (ofPosServer === "" && isSameName(name, renamed)) return [];
  return [rowProblem("organization_registered_as", { name: organization.name })];
}

export function indexRows(rows: CheckedRow[]): FileRows {
  // The first row of a key stays when the rows are entered backwards.
  const backwards = rows.toReversed();
  const own = backwards.filter(({ name }) => name === "");
  return {
    byKey: new Map(backwards.map((row) => [row.key, row])),
    byIdentity: new Map(
      backwards.flatMap((row): [string, CheckedRow][] => {
        const identity = identityOf(row);
        return identity === null ? [] : [[identity, row]];
      }),
    ),
    naming: new Map([...backwards, ...own].filter((row) => row.organization).map((row) => [row.crmId, row])),
  };
}

export function findContradictions(
  row: CheckedRow,
  { byKey, byIdentity, naming }: FileRows,
  { organization }: Pick<MatchedRow, "organization">,
): RowProblem[] {
  const problems: RowProblem[] = [];
  // With a row key the name is missing: it is no row of the organization.
  const same = row.name === "" && row.rowKey !== null ? row : byKey.get(row.key);
  if (row.crmId && same && same !== row) {
    problems.push(rowProblem("repeated_pos_server", { rowNumber: same.rowNumber }));
  }
  const paired = byIdentity.get(identityOf(row) ?? "");
  if (paired && paired !== row) {
    problems.push(rowProblem("repeated_identity", { rowNumber: paired.rowNumber }));
  }
  const named = organization ? undefined : naming.get(row.crmId);
  if (row.crmId && row.organization && named && !isSameName(named.organization, row.organization)) {
    const { organization: name, rowNumber } = named;
    problems.push(rowProblem("organization_names_differ", { name, rowNumber }));
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
