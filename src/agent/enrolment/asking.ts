import { hostname } from "node:os";
import type { EnrolmentOrder } from "../../protocol/enrolment.ts";
import type { EnrolmentCode } from "../../protocol/enrolment-code.ts";
import type { AgentConfig } from "../config/config.ts";
import type { ValueSource } from "../config/value-source.ts";
import type { DialOutError, DialOutFailure } from "../dial-out/dial-out-error.ts";
import type { DialOutTarget } from "../dial-out/dial-out-target.ts";
import type { Identity } from "../machine/identity.ts";
import { readConfiguredValue } from "../status/configured-value.ts";
import type { EnrolmentAnswer } from "./ask-to-be-let-in.ts";
import type { Enrolment } from "./enrolment.ts";

/** Whom an agent asks to be let in, with what, and what it keeps then. */
export interface Asking {
  target: DialOutTarget;
  order: EnrolmentOrder;
  enrolment: Enrolment;
}

/** Prepares what is asked with a code, with what is known of the POS server at this moment. */
export async function prepareAsking(
  { crmId, version, dialOut }: Pick<AgentConfig, "crmId" | "version" | "dialOut">,
  { posServerId, token, fingerprint }: Identity,
  { monitor, pins, secret }: EnrolmentCode,
): Promise<Asking> {
  const trusted = { monitor, pins, trustsAuthorities: pins.length === 0 };
  const [knownCrmId, knownVersion] = await Promise.all([readIfKnown(crmId), readIfKnown(version)]);
  const facts = { host: hostname(), crmId: knownCrmId, version: knownVersion };
  return {
    target: { ...trusted, proxy: dialOut?.proxy ?? null },
    order: { code: secret, posServerId, token, fingerprint, ...facts },
    enrolment: { posServerId, ...trusted },
  };
}

/** Why something is unknown, `--check` tells. */
async function readIfKnown(source: ValueSource | null): Promise<string | null> {
  return source && (await readConfiguredValue(source).catch(() => null));
}

/** What may pass while nobody does anything at this machine. */
const PASSING: readonly DialOutFailure[] = ["not_reached", "no_answer", "refused", "proxy_failed"];

/** Whether it is worth asking again by itself when the monitor could not be asked for this reason. */
export function mayPass({ failure }: DialOutError): boolean {
  return PASSING.includes(failure);
}

/** Whether it is refused only for now: others behind the same address have typed wrong codes. */
export function isForAWhile(answer: EnrolmentAnswer): boolean {
  return answer.outcome === "refused" && answer.refusal === "too_many";
}
