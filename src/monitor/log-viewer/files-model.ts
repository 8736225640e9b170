import { ARCHIVE_README } from "../../protocol/logs.ts";
import { visibleText } from "../../protocol/visible-text.ts";
import type { FoundArchive } from "../log-archives/store/find-archive.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { archivePage, archiveTitle, filesUrl } from "./archive-page.ts";
import type { ZippedFile } from "./zip-files.ts";

export interface FilesInput {
  viewer: Viewer;
  archive: FoundArchive;
  /** `errors`: how many it has; null = it has not been opened yet. */
  files: readonly (ZippedFile & { errors: number | null })[];
  /** There are more files than these. */
  isCut: boolean;
  now: number;
}

/** What is in an archive. */
export function filesModel({ viewer, archive, files, isCut, now }: FilesInput) {
  const { t, format } = viewer;
  return {
    ...archivePage(viewer, archive),
    title: archiveTitle(viewer, archive),
    isCut,
    hasUnread: files.some(({ errors }) => errors === null),
    rows: files.map(({ position, name, bytes, modifiedAt, errors }) => ({
      url: `${filesUrl(archive)}/${position}`,
      name: visibleText(name),
      isReadme: name === ARCHIVE_README,
      size: format.bytes(bytes),
      time: format.time(modifiedAt, now),
      errors: errors !== null && { isNone: errors === 0, text: errorsInWords(errors, { t, format }) },
    })),
  };
}

function errorsInWords(errors: number, { t, format }: Pick<Viewer, "t" | "format">): string {
  return errors === 0 ? t("logViewer.files.noErrors") : format.number(errors);
}
