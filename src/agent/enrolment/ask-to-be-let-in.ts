import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { hostname } from "node:os";
import { Value } from "typebox/value";
import {
  ENROLMENT_PATH,
  ENROLMENT_REFUSALS,
  Enrolled,
  EnrolmentAwaited,
  type EnrolmentCode,
  type EnrolmentOrder,
  type EnrolmentRefusal,
} from "../../protocol/enrolment.ts";
import { errorText } from "../../protocol/error-text.ts";
import { ApiError } from "../../protocol/field-types.ts";
import { parseJson } from "../../protocol/parse-json.ts";
import { visibleText, withVisibleTexts } from "../../protocol/visible-text.ts";
import type { AgentConfig } from "../config/config.ts";
import { DialOutError, type DialOutFailure, retryAfterMs, withinTime } from "../dial-out/dial-out-error.ts";
import { type DialOutTarget, openSocket } from "../dial-out/open-socket.ts";
import type { Identity } from "../machine/identity.ts";
import { describeMachine } from "../machine/machine-id.ts";
import type { ParsedValueSource } from "../settings/setting-types.ts";
import { readConfiguredValue } from "../status/configured-value.ts";
import type { Enrolment } from "./enrolment.ts";

const ANSWER_WITHIN_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_DETAIL_LENGTH = 300;

export type EnrolmentAnswer =
  | { outcome: "enrolled"; enrolled: Enrolled }
  | { outcome: "awaited"; retryAfterMs: number }
  | EnrolmentRefused;

interface EnrolmentRefused {
  outcome: "refused";
  refusal: EnrolmentRefusal;
  /** The monitor's reason, in English; may be empty. */
  detail: string;
  retryAfterMs: number | null;
}

/** Only the proven monitor gets the code and the token. @throws DialOutError, or the signal's reason. */
export async function askToBeLetIn(
  target: DialOutTarget,
  order: EnrolmentOrder,
  signal: AbortSignal,
): Promise<EnrolmentAnswer> {
  return read(await withinTime(ANSWER_WITHIN_MS, signal, (ending) => post(target, order, ending)));
}

async function post(target: DialOutTarget, order: EnrolmentOrder, signal: AbortSignal) {
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

/** Stops reading an answer that is too long to be the monitor's. */
async function readText(answer: IncomingMessage): Promise<string> {
  let text = "";
  answer.setEncoding("utf8");
  for await (const chunk of answer) {
    text += chunk;
    if (text.length > MAX_ANSWER_BYTES) break;
  }
  return text;
}

function read({ status, retryAfterMs, content }: Awaited<ReturnType<typeof post>>): EnrolmentAnswer {
  const detail = `HTTP ${status}`;
  if (status === 201 && Value.Check(Enrolled, content))
    return { outcome: "enrolled", enrolled: withVisibleTexts(content) };
  if (status === 202 && Value.Check(EnrolmentAwaited, content))
    return { outcome: "awaited", retryAfterMs: content.retryAfterSeconds * 1000 };
  const refusal = status >= 400 && Value.Check(ApiError, content) ? readRefusal(content) : null;
  if (refusal) return { outcome: "refused", ...refusal, retryAfterMs };
  if (status === 429 || status >= 500)
    throw new DialOutError("refused", "the monitor refuses", detail, retryAfterMs);
  throw new DialOutError("not_understood", "the answer is none of a monitor", detail);
}

function readRefusal({ error, message }: ApiError): Pick<EnrolmentRefused, "refusal" | "detail"> | null {
  const refusal = ENROLMENT_REFUSALS.find((known) => known === error);
  return refusal ? { refusal, detail: visibleText(message).slice(0, MAX_DETAIL_LENGTH) } : null;
}

/** Whom the agent asks, with what, and what it stores when it is let in. */
export interface Asking {
  target: DialOutTarget;
  order: EnrolmentOrder;
  enrolment: Enrolment;
}

export async function prepareAsking(
  { crmId, version, dialOut }: Pick<AgentConfig, "crmId" | "version" | "dialOut">,
  { posServerId, token, fingerprint }: Identity,
  { monitor, pins, secret }: EnrolmentCode,
): Promise<Asking> {
  const trusted = { monitor, pins, trustsAuthorities: pins.length === 0 };
  const [knownCrmId, knownVersion] = await Promise.all([readIfKnown(crmId), readIfKnown(version)]);
  const facts = { host: hostname(), crmId: knownCrmId, version: knownVersion, machine: describeMachine() };
  return {
    target: { ...trusted, proxy: dialOut?.proxy ?? null },
    order: { code: secret, posServerId, token, fingerprint, ...facts },
    enrolment: { posServerId, ...trusted },
  };
}

/** `--check` shows why a value is unknown. */
async function readIfKnown(source: ParsedValueSource | null): Promise<string | null> {
  return source && (await readConfiguredValue(source).catch(() => null));
}

const PASSING: readonly DialOutFailure[] = ["not_reached", "no_answer", "refused", "proxy_failed"];

/** Whether the failure may end by itself. */
export function mayPass({ failure }: DialOutError): boolean {
  return PASSING.includes(failure);
}

/** Refused only for now, as too many wrong codes came from the same address. */
export function isForAWhile(answer: EnrolmentAnswer): boolean {
  return answer.outcome === "refused" && answer.refusal === "too_many";
}
