import type { DialOutConfig } from "../../config/dial-out-config.ts";
import { DialOutError } from "../../dial-out/dial-out-error.ts";
import { openSocket } from "../../dial-out/open-socket.ts";
import { checkTexts } from "../../texts/check-texts.ts";
import { type Finding, fine, warning } from "./finding.ts";

const ANSWER_WITHIN_MS = 10_000;

/** Looks whether the monitor is reached and is the right one, without telling it who this is: an agent may run meanwhile. */
export async function checkDialOut(config: DialOutConfig): Promise<Finding[]> {
  const { monitor } = config;
  const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    (await openSocket(config, limit)).destroy();
    return [fine(checkTexts.monitorReached(monitor))];
  } catch (error) {
    const { failure, detail } = limit.aborted
      ? ({ failure: "no_answer", detail: `${ANSWER_WITHIN_MS / 1000} с` } as const)
      : dialOutErrorOf(error);
    return [warning(checkTexts.monitorNotReached(monitor, checkTexts.dialOutFailure[failure](detail)))];
  }
}

function dialOutErrorOf(error: unknown): DialOutError {
  if (error instanceof DialOutError) return error;
  throw error;
}
