import { readReportedCrmId } from "../pos-client/calls/failure.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { stepInWords } from "./cause-in-words.ts";

/** Names the organization that an unreachable POS server says it belongs to, where its polls fail for that; else null. */
export function reportedCrmIdInWords({ t, organizations }: Viewer, posServer: ShownPosServer): string | null {
  const { state, failureCode, failureDetail, reportedOrganizationName: organization } = posServer;
  const crmId = state === "unreachable" ? readReportedCrmId(failureCode, failureDetail) : null;
  if (crmId === null) return null;
  if (organization) return t("posServer.todo.reportedCrmIdOf", { crmId, organization });
  return t(`posServer.todo.${organizations === "all" ? "reportedCrmIdOfNone" : "reportedCrmId"}`, { crmId });
}

/**
 * Says why no command is sent to a POS server of another organization, and where that is put right (null = not by this viewer).
 * @param refused the catalog's key of the command.
 */
export function boundElsewhere(viewer: Viewer, posServer: ShownPosServer, refused: "reset" | "logs") {
  const { t, user } = viewer;
  const reported = reportedCrmIdInWords(viewer, posServer);
  if (reported === null) return null;
  const isAdministrator = user?.isAdministrator ?? false;
  const texts = [reported, t(`posServer.boundElsewhere.${refused}`)];
  if (!isAdministrator) texts.push(t("posServer.boundElsewhere.byAdministrator"));
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
