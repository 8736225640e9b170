import { FAILURE_CODES } from "../pos-client/failure.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** Says why a request, an archive or a call failed: its name in words and the technical detail. */
export function failureInWords({ t }: Pick<Viewer, "t">, code: string, detail: string | null): string {
  const words = FAILURE_CODES.some((known) => known === code)
    ? t(`failure.${code}`)
    : t(`logFailure.${code}`);
  return detail ? t("posServers.failureDetail", { words, detail }) : words;
}
