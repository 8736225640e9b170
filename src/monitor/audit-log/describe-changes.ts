import { type AuditDetailPart, REGISTRY_FIELDS, type RecordedValue, type RegistryField } from "./detail.ts";

type Changes = Partial<Record<RegistryField, [before: RecordedValue, after: RecordedValue]>>;

/** Says what a change of the registry changed, for the audit log; empty when it changed nothing. */
export function describeChanges(changes: Changes): AuditDetailPart[] {
  return REGISTRY_FIELDS.flatMap((field) => {
    const [before, after] = changes[field] ?? [null, null];
    return before === after ? [] : { key: "registryChange", values: { field, before, after } };
  });
}
