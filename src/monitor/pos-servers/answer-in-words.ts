import type { PollAnswer } from "../polling/poll-answer.ts";
import { atTime } from "../viewer/at-time.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords } from "../viewer/with-detail.ts";

/** What «Проверить связь» has found, in words. */
export function answerInWords(viewer: Viewer, answer: PollAnswer, now: number) {
  const { t } = viewer;
  if (!answer.ok) {
    const { code, detail } = answer.failure;
    return { isOk: false, text: t(`failure.${code}`), detail: detailInWords(t, detail) };
  }
  const when = atTime(viewer, answer.receivedAt, now);
  const version = answer.version ?? t("posServers.versionUnknown");
  return { isOk: true, text: t("posServer.answered", { when, version }), detail: "" };
}
