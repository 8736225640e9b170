import type { ListedPosServer } from "../filter/list-pos-servers.ts";
import type { Cause } from "../fleet/cause-catalogue.ts";
import { errorInWords, titleOfCause, troubleBefore } from "../fleet/cause-in-words.ts";
import { adviceOn } from "../fleet/causes.ts";
import { isProblem } from "../fleet/state.ts";
import { isRefusal } from "../pos-client/calls/failure.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { shownError } from "./row-model.ts";

/** For programmers: an inner exception, messages of the database or a library, a stack trace. */
const TECHNICAL_TAIL = /[ \t]{0,9}(?:\[[^[\]]{1,300}\][ \t.]{0,9}$|-{2,3}> |[\r\n]).*$/su;

/** They say more than «no exchange». */
const OF_LOGS: readonly Cause[] = ["logs_missing", "log_patterns_unusable"];

/**
 * Why an exchange does not work, briefly; `title` has all of it. Of a silent POS server: since when, and its trouble
 * before.
 */
export interface Reason {
  silence?: { label: string; lasted: ReturnType<Viewer["format"]["lasted"]> };
  text: string;
  title: string;
}

/** null when nothing is wrong with it. */
export function problemReason(viewer: Viewer, posServer: ListedPosServer, now: number): Reason | null {
  const { t, format } = viewer;
  const { state, failureCode, serviceState, lastSyncAt } = posServer;
  if (!isProblem(state)) return null;
  const full = shownError(posServer, viewer);
  const advice = adviceOn(posServer);
  const before = troubleBefore(viewer, posServer);
  if (state === "unreachable" && advice && (!before || isRefusal(failureCode))) {
    const said = titleOfCause(viewer, advice.cause);
    return { text: before ? `${said}. ${before.text}` : said, title: full ?? "" };
  }
  if (before) {
    const silence = { label: t(`state.${state}`), lasted: format.lasted(before.silentSince, now) };
    return { silence, text: before.text, title: full ?? "" };
  }
  if (full) return { text: errorInWords(viewer, advice, withoutTail(full)), title: full };
  if (state === "service_stopped") {
    const text = t(`posServers.reason.service.${serviceState === "not_installed" ? "missing" : "stopped"}`);
    return { text, title: text };
  }
  if (advice?.cause === "exchange_untraced") {
    const time = format.clock(posServer.untracedSince ?? now, now);
    const text = t("posServer.card.exchange_untraced", { time });
    return { text, title: text };
  }
  if (advice && (advice.isFromChecks || OF_LOGS.includes(advice.cause))) {
    const text = titleOfCause(viewer, advice.cause);
    return { text, title: text };
  }
  const text =
    lastSyncAt === null
      ? t("posServers.neverSynced")
      : t("posServers.reason.noExchange", { time: format.clock(lastSyncAt, now) });
  return { text, title: text };
}

function withoutTail(error: string): string {
  return error.replace(TECHNICAL_TAIL, "") || error;
}
