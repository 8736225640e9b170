import type { Viewer } from "../../viewer/viewer.ts";
import { restoredMs, secondsBetween } from "../commands/restored-exchange.ts";
import type { FoundReset, listResetSteps } from "./find-database-resets.ts";
import type { DatabaseResetStep } from "./step.ts";

type EnteredStep = Awaited<ReturnType<typeof listResetSteps>>[number];

const OUTCOME_UNKNOWN: readonly string[] = ["outcome_unknown", "restored", "command_failed", "database_left"];

interface ShownStep {
  step: DatabaseResetStep;
  /** `broken`: it began and came to nothing. */
  state: "past" | "broken" | "current" | "done" | "failed" | "ahead";
  isCurrent: boolean;
  text: string;
  time: string;
}

/** The steps that a reset has entered, and those still to come if nothing goes wrong. */
export function shownSteps(
  { t, format }: Viewer,
  entered: readonly EnteredStep[],
  reset: FoundReset,
  { isAgentAwaited, now }: { isAgentAwaited: boolean; now: number },
): ShownStep[] {
  const isStarting = reset.step === "resetting" && reset.commandStep === "starting_service";
  const past = entered.map((own, index): ShownStep => {
    const next = entered[index + 1];
    const at = timeOf(own, entered[index - 1], reset);
    const state = next ? stateBefore(own, next) : isStarting ? "past" : stateOfLast(own);
    return {
      step: own.step,
      state,
      isCurrent: state === "current",
      text: textOf(own, state),
      time: [
        format.moment(at, now),
        ...(next ? [format.elapsed(secondsBetween(at, timeOf(next, own, reset)))] : []),
      ].join(" · "),
    };
  });
  // The POS server does both in one command.
  if (isStarting) {
    const text = t("databaseReset.step.starting");
    past.push({ step: "starting", state: "current", isCurrent: true, text, time: "" });
  }
  // While it waits for its agent, its step has not begun.
  const ahead = [...(isAgentAwaited ? [reset.step] : []), ...stepsAhead(reset)].map(
    (step): ShownStep => ({
      step,
      state: "ahead",
      isCurrent: false,
      text: t(`databaseReset.ahead.${step}`),
      time: "",
    }),
  );
  return [...past, ...ahead];

  function textOf({ step, detail }: EnteredStep, state: ShownStep["state"]): string {
    if (step === "done") {
      return t("databaseReset.restored", { duration: format.elapsed(restoredMs(reset) ?? 0) });
    }
    if (step === "failed" && reset.failureCode === "cancelled") return t("databaseReset.failure.cancelled");
    if (state === "current" && isAgentAwaited) return t("agentAwaited.step");
    const words = detail === "logs_late" ? "decision_on_late_logs" : step;
    if (state === "past") return t(`databaseReset.past.${words}`);
    if (state !== "broken") return t(`databaseReset.step.${words}`);
    const isUnknown = step === "resetting" && OUTCOME_UNKNOWN.includes(reset.failureCode ?? "");
    return t(isUnknown ? "databaseReset.broken.resetting_unknown" : `databaseReset.broken.${words}`);
  }
}

/** The last step counts from the exchange, if its time is known, not from the poll that showed it. */
function timeOf(
  { step, at }: EnteredStep,
  before: EnteredStep | undefined,
  { syncedAt }: FoundReset,
): number {
  return step === "done" && syncedAt !== null ? Math.max(syncedAt, before?.at ?? syncedAt) : at;
}

function stateBefore({ step }: EnteredStep, next: EnteredStep): ShownStep["state"] {
  const isBroken =
    next.step === "failed" ||
    (step === "fetching_logs" && next.step === "awaiting_decision") ||
    (step === "starting" && next.step === "awaiting_start");
  return isBroken ? "broken" : "past";
}

function stateOfLast({ step }: EnteredStep): ShownStep["state"] {
  return step === "done" || step === "failed" ? step : "current";
}

function stepsAhead({ step, startService }: FoundReset): DatabaseResetStep[] {
  const afterReset: DatabaseResetStep[] =
    startService === 0 ? ["awaiting_start", "awaiting_sync"] : ["awaiting_sync"];
  switch (step) {
    case "fetching_logs":
    case "awaiting_decision":
      return ["resetting", ...afterReset];
    case "resetting":
      return afterReset;
    case "awaiting_start":
    case "starting":
      return ["awaiting_sync"];
    default:
      return [];
  }
}
