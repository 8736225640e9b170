import type { Readable } from "node:stream";
import type { LogArchiveOrder, WantedLog } from "../../protocol/logs.ts";
import { CallError } from "./calls/call-error.ts";
import type { StreamLimits } from "./calls/limits.ts";
import type { PosServer } from "./calls/pos-server.ts";
import type { StreamedAnswer } from "./calls/streamed-answer.ts";
import type { Transport } from "./calls/transport.ts";
import { startDeadline } from "./deadline.ts";
import { refuseEncoded } from "./read-answer.ts";
import { readRefusal } from "./read-refusal.ts";

const ZIP = "application/zip";

/**
 * Orders a zip of log files and waits until it begins to come.
 * @param now the monitor's clock, ms UTC.
 * @throws CallError, or the signal's reason, which ends the stream later too.
 */
export async function openArchive(
  open: Transport["open"],
  { openTimeoutMs, stallTimeoutMs }: StreamLimits,
  posServer: PosServer,
  files: WantedLog[],
  signal: AbortSignal,
  now: () => number,
): Promise<Readable> {
  const { token } = posServer;
  const body: LogArchiveOrder = { files };
  const deadline = startDeadline(openTimeoutMs);
  try {
    const answer = await open(
      posServer,
      { path: "/v1/log-archives", accept: ZIP, order: { body } },
      { stallTimeoutMs, signal: AbortSignal.any([signal, deadline.signal]) },
    );
    if (answer.status !== 200) throw await readRefusal(answer, token, now());
    refuseEncoded(answer);
    refuseOtherThanZip(answer);
    return answer.body;
  } finally {
    deadline.clear();
  }
}

function refuseOtherThanZip({ headers, body }: StreamedAnswer): void {
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === ZIP) return;
  body.destroy();
  throw new CallError("invalid_json", `no ${ZIP}`);
}
