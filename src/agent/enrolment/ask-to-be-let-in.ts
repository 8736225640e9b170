import { type IncomingMessage, type RequestOptions, request } from "node:http";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { ApiError } from "../../protocol/api-error.ts";
import {
  ENROLMENT_PATH,
  ENROLMENT_REFUSALS,
  Enrolled,
  EnrolmentAwaited,
  type EnrolmentOrder,
  type EnrolmentRefusal,
} from "../../protocol/enrolment.ts";
import { errorText } from "../../protocol/error-text.ts";
import { parseJson } from "../../protocol/parse-json.ts";
import { visibleText, withVisibleTexts } from "../../protocol/visible-text.ts";
import { DialOutError } from "../dial-out/dial-out-error.ts";
import type { DialOutTarget } from "../dial-out/dial-out-target.ts";
import { openSocket } from "../dial-out/open-socket.ts";
import { retryAfterMs } from "../dial-out/retry-after.ts";
import { withinTime } from "../dial-out/within-time.ts";

const ANSWER_WITHIN_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_DETAIL_LENGTH = 300;

export type EnrolmentAnswer =
  | { outcome: "enrolled"; enrolled: Enrolled }
  | { outcome: "awaited"; retryAfterMs: number }
  | EnrolmentRefused;

export interface EnrolmentRefused {
  outcome: "refused";
  refusal: EnrolmentRefusal;
  /** What the monitor says of it, in English; empty = nothing. */
  detail: string;
  retryAfterMs: number | null;
}

interface RawAnswer {
  status: number;
  retryAfterMs: number | null;
  /** undefined = it is no JSON. */
  content: unknown;
}

/**
 * Asks the monitor once to let this agent in; nobody else is told the code and the token.
 * @throws DialOutError, or the signal's reason.
 */
export async function askToBeLetIn(
  target: DialOutTarget,
  order: EnrolmentOrder,
  signal: AbortSignal,
): Promise<EnrolmentAnswer> {
  return read(await withinTime(ANSWER_WITHIN_MS, signal, (ending) => post(target, order, ending)));
}

async function post(target: DialOutTarget, order: EnrolmentOrder, signal: AbortSignal): Promise<RawAnswer> {
  const { socket } = await openSocket(target, signal);
  const { host, pathname } = new URL(`${target.monitor}${ENROLMENT_PATH}`);
  const body = JSON.stringify(order);
  const headers = { host, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const options = { method: "POST", path: pathname, headers, createConnection: () => socket, signal };
  try {
    const answer = await send(options, body);
    const { statusCode: status = 0 } = answer;
    return { status, retryAfterMs: retryAfterMs(answer.headers), content: parseJson(await readText(answer)) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new DialOutError("not_reached", "no connection", errorText(error));
  } finally {
    socket.destroy();
  }
}

function send(options: RequestOptions, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(options, resolve).on("error", reject).end(body);
  });
}

/** Of an answer that is too long only what shows that it is none of the monitor's. */
async function readText(answer: IncomingMessage): Promise<string> {
  let text = "";
  answer.setEncoding("utf8");
  for await (const chunk of answer) {
    text += chunk;
    if (text.length > MAX_ANSWER_BYTES) break;
  }
  return text;
}

function read({ status, retryAfterMs, content }: RawAnswer): EnrolmentAnswer {
  const detail = `HTTP ${status}`;
  if (status === 201 && fits(Enrolled, content))
    return { outcome: "enrolled", enrolled: withVisibleTexts(content) };
  if (status === 202 && fits(EnrolmentAwaited, content))
    return { outcome: "awaited", retryAfterMs: content.retryAfterSeconds * 1000 };
  const refusal = status >= 400 && fits(ApiError, content) ? readRefusal(content) : null;
  if (refusal) return { outcome: "refused", ...refusal, retryAfterMs };
  if (status === 429 || status >= 500)
    throw new DialOutError("refused", "the monitor refuses", detail, retryAfterMs);
  throw new DialOutError("not_understood", "the answer is none of a monitor", detail);
}

function readRefusal({ error, message }: ApiError): Pick<EnrolmentRefused, "refusal" | "detail"> | null {
  const refusal = ENROLMENT_REFUSALS.find((known) => known === error);
  return refusal ? { refusal, detail: visibleText(message).slice(0, MAX_DETAIL_LENGTH) } : null;
}

function fits<Schema extends TSchema>(schema: Schema, content: unknown): content is Static<Schema> {
  return Value.Check(schema, content);
}
