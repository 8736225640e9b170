import { readReportedCrmId } from "../pos-client/calls/reported-crm-id.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { stepInWords } from "./cause-in-words.ts";

/** What keeps a POS server from being told anything, in words, and where that is put right. */
export interface BoundElsewhere {
  text: string;
  /** Null = others have to. */
  way: { url: string; text: string; isInDialog: boolean } | null;
}

/** Of an unreachable POS server whose poll failed for that: which organization it says it belongs to; null = it is another matter. */
export function reportedCrmIdInWords({ t, organizations }: Viewer, posServer: ShownPosServer): string | null {
  const { state, failureCode, failureDetail, reportedOrganizationName: organization } = posServer;
  const crmId = state === "unreachable" ? readReportedCrmId(failureCode, failureDetail) : null;
  if (crmId === null) return null;
  if (organization) return t("posServer.todo.reportedCrmIdOf", { crmId, organization });
  return t(`posServer.todo.${organizations === "all" ? "reportedCrmIdOfNone" : "reportedCrmId"}`, { crmId });
}

/** @param refused the catalog's key of what is not done for such a POS server. */
export function boundElsewhere(
  viewer: Viewer,
  posServer: ShownPosServer,
  refused: "reset" | "logs",
): BoundElsewhere | null {
  const { t, user } = viewer;
  const told = reportedCrmIdInWords(viewer, posServer);
  if (told === null) return null;
  const isAdministrator = user?.isAdministrator ?? false;
  const texts = [
    told,
    t(`posServer.boundElsewhere.${refused}`),
    ...(isAdministrator ? [] : [t("posServer.boundElsewhere.byAdministrator")]),
  ];
  return { text: texts.join(" "), way: isAdministrator ? wayOf(viewer, posServer) : null };
}

function wayOf(viewer: Viewer, { id, organizationId, reportedOrganizationName }: ShownPosServer) {
  return reportedOrganizationName
    ? {
        url: `/pos-servers/${id}/moves/new`,
        text: stepInWords(viewer, "move_pos_server"),
        isInDialog: true,
      }
    : {
        url: `/organizations/${organizationId}/edit`,
        text: stepInWords(viewer, "correct_crm_id"),
        isInDialog: false,
      };
}
