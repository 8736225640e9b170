import type { PollAnswer } from "../polling/poll-answer.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { detailInWords } from "../viewer/with-detail.ts";

/** What «Проверить связь» has found, in words. */
export function answerInWords({ t, format }: Viewer, answer: PollAnswer) {
  if (!answer.ok) {
    const { code, detail } = answer.failure;
    return { isOk: false, text: t(`failure.${code}`), detail: detailInWords(t, detail) };
  }
  const time = format.clock(answer.receivedAt, answer.receivedAt);
  const version = answer.version ?? t("posServers.versionUnknown");
  return { isOk: true, text: t("posServer.answered", { time, version }), detail: "" };
}
