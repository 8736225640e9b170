import { findKnownDetail } from "../pos-client/known-details.ts";
import { hasText } from "./language.ts";
import type { Viewer } from "./viewer.ts";

/** A failure in words, with its technical detail where there is one. */
export function withDetail(t: Viewer["t"], words: string, detail: string | null | undefined): string {
  return detail ? t("posServers.failureDetail", { words, detail: detailInWords(t, detail) }) : words;
}

/** The words of a code, from the first of these parts of the catalogs that has it; null = none has. */
export function codeInWords(t: Viewer["t"], code: string, ...parts: string[]): string | null {
  const part = parts.find((one) => hasText(`${one}.${code}`));
  return part ? t(`${part}.${code}`) : null;
}

/** The technical detail of a failure: in words where it is known, or else as it was reported. */
export function detailInWords(t: Viewer["t"], detail: string): string {
  const known = findKnownDetail(detail);
  return known ? t(`callDetail.${known.key}`, known.values) : detail;
}
