import { findKnownDetail } from "../pos-client/known-details.ts";
import type { Viewer } from "./viewer.ts";

/** What went wrong in words, and its technical detail where there is one: in words too, where it is known. */
export function withDetail(t: Viewer["t"], words: string, detail: string | null | undefined): string {
  return detail ? t("posServers.failureDetail", { words, detail: detailInWords(t, detail) }) : words;
}

/** The technical detail of a failure in words where it is known; whatever else was said stays as it was said. */
export function detailInWords(t: Viewer["t"], detail: string): string {
  const known = findKnownDetail(detail);
  return known ? t(`callDetail.${known.key}`, known.values) : detail;
}
