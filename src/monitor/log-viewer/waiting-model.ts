import type { Viewer } from "../viewer/viewer.ts";
import { filePage, type NamedFile } from "./archive-page.ts";
import type { PrepareProblem } from "./prepared-format.ts";

/** What is shown while a file is being prepared; `share` is how much is done, from 0 to 1. */
export function preparingModel(viewer: Viewer, file: NamedFile, share: number) {
  const percent = Math.floor(share * 100);
  return {
    ...filePage(viewer, file),
    pollUrl: `${file.path}?waiting=1`,
    percent,
    percentText: viewer.t("logViewer.preparing.percent", { percent }),
  };
}

/** What is shown of a file that cannot be prepared. */
export function failedModel(viewer: Viewer, file: NamedFile, problem: PrepareProblem) {
  return { ...filePage(viewer, file), text: viewer.t(`logViewer.failed.${problem}`) };
}
