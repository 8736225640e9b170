import { stepInWords } from "../fleet/cause-in-words.ts";
import { isOnSite, type RecommendedStep } from "../fleet/recommended-steps.ts";
import type { PosServer } from "../pos-client/calls/pos-server.ts";
import { canBeCalled } from "../restaurants/pos-server-to-call.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { DialogLink, PosServerRow } from "./row-model.ts";

/** A recommended step: it opens in the dialog or on a page, or polls at once. */
export interface StepModel extends DialogLink {
  kind: "dialog" | "page" | "poll";
  /** It has to be done on site: the list links to the page, whose button polls to see whether it has helped. */
  isQuiet?: boolean;
}

interface SteppedPosServer extends Pick<PosServer, "connection" | "address"> {
  organizationId: number;
}

/** @returns a function that makes the link of a step; null where there is nothing to click. */
export function createStepModel(
  viewer: Viewer,
  place: "list" | "page",
): (step: RecommendedStep, posServer: SteppedPosServer, row: PosServerRow) => StepModel | null {
  const { t } = viewer;
  const isAdministrator = viewer.user?.isAdministrator ?? false;
  const words = {
    poll: t("cause.step.check_connection"),
    reconnect: t("cause.step.reconnect"),
    teachLog: stepInWords(viewer, "teach_log"),
    correctCrmId: stepInWords(viewer, "correct_crm_id"),
    move: stepInWords(viewer, "move_pos_server"),
  };
  const inDialog = (link: DialogLink | null): StepModel | null => link && { kind: "dialog", ...link };

  return (step, posServer, { links: linksOf, url }) => {
    if (!canBeCalled(posServer)) return null;
    const links = linksOf();
    const poll: StepModel = { kind: "poll", url: `${url}/polls`, text: words.poll };
    const forAdministrators = (link: StepModel) => (isAdministrator ? link : poll);
    if (isOnSite(step)) {
      if (place === "page") return step === "wait" ? null : { ...poll, isQuiet: true };
      return { kind: "page", url, text: stepInWords(viewer, step), isQuiet: true };
    }
    switch (step) {
      case "reset_database":
        return inDialog(links.reset);
      case "start_service":
        return inDialog(links.serviceStart);
      case "restart_service":
        return inDialog(links.serviceRestart) ?? inDialog(links.logs);
      case "get_logs":
        return inDialog(links.logs);
      case "teach_log":
        return isAdministrator
          ? { kind: "page", url: `${url}/log-patterns`, text: words.teachLog }
          : inDialog(links.logs);
      case "check_connection":
        return poll;
      case "reconnect":
        return forAdministrators({ kind: "page", url: `${url}/connections/new`, text: words.reconnect });
      case "correct_crm_id": {
        const formUrl = `/organizations/${posServer.organizationId}/edit`;
        return forAdministrators({ kind: "page", url: formUrl, text: words.correctCrmId });
      }
      case "move_pos_server":
        return forAdministrators({ kind: "dialog", url: `${url}/moves/new`, text: words.move });
      default:
        return null;
    }
  };
}
