import { visibleText } from "../../protocol/visible-text.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { logFailureInWords } from "./outcome/failure-in-words.ts";
import { leftOutInWords } from "./outcome/left-out-in-words.ts";
import { takenBytes } from "./outcome/stored-files.ts";
import type { Preview } from "./preview-plan.ts";

const LISTED_FILES = 100;

/** What would be taken, in words; `text` alone when it is not known. */
export function logPreviewModel(viewer: Viewer, preview: Preview, maxBytes: number) {
  const { t, format } = viewer;
  const nothing = { files: [], others: null, leftOut: [] };
  if (preview.kind === "slow") return { ...nothing, text: t("logPreview.slow") };
  if (preview.kind === "failure") {
    if (preview.failure.code === "not_connected") return { ...nothing, text: t("logPreview.away") };
    const reason = logFailureInWords(viewer, preview.failure);
    return { ...nothing, text: t("logPreview.failed", { reason }) };
  }
  const { archives, leftOut, files: count, bytes } = preview.plan;
  const files = archives.flatMap((archive) => archive.files);
  const others = count - LISTED_FILES;
  return {
    text:
      count === 0
        ? t("logPreview.nothing")
        : t("logPreview.plan", {
            count,
            size: format.bytes(bytes),
            archives: t("logRequest.archives", { count: archives.length }),
          }),
    files: files
      .slice(0, LISTED_FILES)
      .map((file) => ({ name: visibleText(file.name), size: format.bytes(takenBytes(file)) })),
    others: others > 0 ? t("leftOut.others", { count: others }) : null,
    leftOut: leftOutInWords(viewer, { named: leftOut, files: leftOut.length, maxBytes }),
  };
}
