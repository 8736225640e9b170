import type { AuditDetail, AuditDetailPart } from "../../audit-log/detail.ts";

/** Of a change of more organizations the audit log names so many and counts the others. */
const NAMED_ORGANIZATIONS = 100;

export interface RightsChange {
  /** Whether the right for all organizations was given or taken; null = neither. */
  hasAll: boolean | null;
  added: readonly NamedOrganization[];
  removed: readonly NamedOrganization[];
}

interface NamedOrganization {
  name: string;
  crmId: string;
}

/** Says which rights were given and taken, for the audit log. */
export function describeRights({ hasAll, added, removed }: RightsChange): AuditDetail {
  return [
    ...(hasAll === null ? [] : [describeAll(hasAll)]),
    ...describeOrganizations(added, "rightAdded", "moreRightsAdded"),
    ...describeOrganizations(removed, "rightRemoved", "moreRightsRemoved"),
  ];
}

function describeAll(isGiven: boolean): AuditDetailPart {
  return { key: isGiven ? "allRightsAdded" : "allRightsRemoved", values: {} };
}

function describeOrganizations(
  organizations: readonly NamedOrganization[],
  key: "rightAdded" | "rightRemoved",
  moreKey: "moreRightsAdded" | "moreRightsRemoved",
): AuditDetailPart[] {
  const named = organizations
    .slice(0, NAMED_ORGANIZATIONS)
    .map(({ name, crmId }): AuditDetailPart => ({ key, values: { name, crmId } }));
  const count = organizations.length - named.length;
  return count > 0 ? [...named, { key: moreKey, values: { count } }] : named;
}
