/** Says what a change of the registry changed, for the audit log; null when it changed nothing. */
export function describeChanges(changes: Record<string, [before: unknown, after: unknown]>): string | null {
  const texts = Object.entries(changes)
    .filter(([, [before, after]]) => before !== after)
    .map(([field, [before, after]]) => `${field}: ${before ?? "—"} → ${after ?? "—"}`);
  return texts.length > 0 ? texts.join("; ") : null;
}
