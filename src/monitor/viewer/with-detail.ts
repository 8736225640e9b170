import { findKnownDetail } from "../pos-client/known-details.ts";
import type { Viewer } from "./viewer.ts";

/** A failure in words, with its technical detail where there is one. */
export function withDetail(t: Viewer["t"], words: string, detail: string | null | undefined): string {
  return detail ? t("posServers.failureDetail", { words, detail: detailInWords(t, detail) }) : words;
}

/** The technical detail of a failure: in words where it is known, or else as it was reported. */
export function detailInWords(t: Viewer["t"], detail: string): string {
  const known = findKnownDetail(detail);
  return known ? t(`callDetail.${known.key}`, known.values) : detail;
}
