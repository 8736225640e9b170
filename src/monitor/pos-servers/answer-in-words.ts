import type { StatusOutcome } from "../pos-client/client.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** What «Проверить связь» has found, in words. */
export function answerInWords({ t, format }: Viewer, outcome: StatusOutcome) {
  if (!outcome.ok) {
    const { code, detail } = outcome.failure;
    return { isOk: false, text: t(`failure.${code}`), detail };
  }
  const { receivedAt, report } = outcome;
  const time = format.clock(receivedAt, receivedAt);
  const version = report.version ?? t("posServers.versionUnknown");
  return { isOk: true, text: t("posServer.answered", { time, version }), detail: "" };
}
