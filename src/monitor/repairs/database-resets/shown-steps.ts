import type { Viewer } from "../../viewer/viewer.ts";
import type { FoundReset, listResetSteps } from "./find-database-resets.ts";
import type { DatabaseResetStep } from "./step.ts";

type EnteredStep = Awaited<ReturnType<typeof listResetSteps>>[number];

export interface ShownStep {
  step: DatabaseResetStep;
  /** `broken`: it was entered and came to nothing. */
  state: "past" | "broken" | "current" | "done" | "failed" | "ahead";
  isCurrent: boolean;
  text: string;
  /** When it was entered, and how long it took. */
  time: string;
}

/** The steps that a reset has entered, and those that are still to come if nothing goes wrong. */
export function shownSteps(
  { t, format }: Viewer,
  entered: readonly EnteredStep[],
  reset: FoundReset,
  now: number,
): ShownStep[] {
  const past = entered.map((own, index): ShownStep => {
    const next = entered[index + 1];
    const state = next ? stateBefore(own, next) : stateOfLast(own);
    return {
      step: own.step,
      state,
      isCurrent: state === "current",
      text: textOf(own, state),
      time: [format.moment(own.at, now), ...(next ? [format.elapsed(next.at - own.at)] : [])].join(" · "),
    };
  });
  const ahead = stepsAhead(reset).map(
    (step): ShownStep => ({
      step,
      state: "ahead",
      isCurrent: false,
      text: t(`databaseReset.ahead.${step}`),
      time: "",
    }),
  );
  return [...past, ...ahead];

  function textOf({ step }: EnteredStep, state: ShownStep["state"]): string {
    if (step === "done") {
      return t("databaseReset.restored", { duration: format.elapsed(restoredAfterMs(reset)) });
    }
    if (step === "failed" && reset.failureCode === "cancelled") return t("databaseReset.failure.cancelled");
    return t(state === "past" ? `databaseReset.past.${step}` : `databaseReset.step.${step}`);
  }
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

/** From the moment when the POS server was told to the exchange that worked again. */
export function restoredAfterMs(reset: Pick<FoundReset, "syncedAt" | "begunAt" | "requestedAt">): number {
  return Math.max((reset.syncedAt ?? 0) - (reset.begunAt ?? reset.requestedAt), 0);
}

function stepsAhead({ step, startService }: FoundReset): DatabaseResetStep[] {
  const isStartAhead = startService === 0;
  switch (step) {
    case "fetching_logs":
    case "awaiting_decision":
      return ["resetting", ...(isStartAhead ? (["awaiting_start"] as const) : []), "awaiting_sync"];
    case "resetting":
      return [...(isStartAhead ? (["awaiting_start"] as const) : []), "awaiting_sync"];
    case "awaiting_start":
    case "starting":
      return ["awaiting_sync"];
    default:
      return [];
  }
}
