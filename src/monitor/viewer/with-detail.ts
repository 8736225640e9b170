import type { Viewer } from "./viewer.ts";

/** What went wrong in words, and its technical detail where there is one. */
export function withDetail(t: Viewer["t"], words: string, detail: string | null | undefined): string {
  return detail ? t("posServers.failureDetail", { words, detail }) : words;
}
