import type { RecordedValue } from "../audit-log/detail.ts";
import type { Viewer } from "../viewer/viewer.ts";

export const NOTHING = "—";

/** A recorded value in the viewer's words. */
export function valueInWords({ t }: Pick<Viewer, "t">, value: RecordedValue): string {
  if (typeof value === "boolean") return t(value ? "audit.value.on" : "audit.value.off");
  return value === null ? NOTHING : String(value);
}
