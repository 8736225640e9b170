import type { Viewer } from "../viewer/viewer.ts";
import type { FoundArchive } from "./store/find-archive.ts";

/** What is shown instead of an archive whose file is not in the store, or not any more. */
export function missingModel({ t, format }: Viewer, archive: FoundArchive, now: number) {
  const { removedAt, logRequestId } = archive;
  return {
    text:
      removedAt === null
        ? t("logArchive.missing.text")
        : t("logArchive.removed", { day: format.day(removedAt, now) }),
    url: `/log-requests/${logRequestId}`,
  };
}
