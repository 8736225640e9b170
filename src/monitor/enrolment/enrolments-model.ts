import type { Viewer } from "../viewer/viewer.ts";
import { codeUrl, confirmationUrl, ENROLMENTS_URL, posServerUrl } from "./addresses.ts";
import { codeState, forWhom } from "./code-model.ts";
import type { AwaitedEnrolment } from "./decide-enrolment.ts";
import type { ListedEnrolmentCode } from "./enrolment-codes.ts";
import type { EnrolledAgent } from "./list-enrolled.ts";

const NOTHING = "—";

export interface KnownEnrolments {
  awaited: readonly AwaitedEnrolment[];
  codes: readonly ListedEnrolmentCode[];
  enrolled: readonly EnrolledAgent[];
}

/** What `/enrolments` shows, and refreshes: who waits, which codes let agents in, and who has come by them. */
export function enrolmentsModel({ t, format }: Viewer, known: KnownEnrolments, now: number) {
  const time = (at: number) => ({ iso: new Date(at).toISOString(), text: format.time(at, now) });
  return {
    awaited: known.awaited.map(({ id, host, address, crmId, version, askedAt, ...code }) => ({
      host,
      facts: [
        crmId === null ? t("enrolment.crmIdUnknown") : t("posServers.crmId", { crmId }),
        ...(version === null ? [] : [t("enrolment.version", { version })]),
        t("enrolment.from", { address }),
        ...(code.calledAt === null ? [] : [t("enrolment.wouldChange")]),
      ],
      code: code.codeId && {
        url: codeUrl(code.codeId),
        text: t("enrolment.codeOf", { name: code.codeMadeBy, time: format.time(code.codeMadeAt ?? 0, now) }),
      },
      askedAt: time(askedAt),
      confirmUrl: confirmationUrl(id),
      confirmLabel: t("enrolment.confirmNamed", { host }),
      refuseUrl: `${ENROLMENTS_URL}/agents/${id}/refusal/new`,
      refuseLabel: t("enrolment.refuseNamed", { host }),
    })),
    codes: known.codes.map((code) => {
      const state = codeState(code, now);
      const { posServerId, uses, maxUses } = code;
      return {
        forWhom: forWhom(t, code),
        posServerUrl: posServerId === null ? null : posServerUrl({ ...code, posServerId }),
        uses: t("enrolment.uses", { uses, count: maxUses }),
        state: t(`enrolment.state.${state}`, { time: format.time(code.takenBackAt ?? code.endsAt, now) }),
        made: { url: codeUrl(code.id), at: time(code.createdAt), by: code.madeBy },
        takeBackUrl: state === "open" ? `${codeUrl(code.id)}/withdrawal/new` : null,
      };
    }),
    enrolled: known.enrolled.map((agent) => ({
      host: agent.host,
      posServer:
        agent.posServerId === null
          ? null
          : {
              url: posServerUrl({ ...agent, posServerId: agent.posServerId }),
              name: agent.name ?? agent.host,
            },
      /** Where it is not in the registry. */
      outcome: t(agent.state === "refused" ? "enrolment.refused" : "enrolment.noPosServer"),
      organization: agent.organizationName ?? NOTHING,
      decidedBy: agent.decidedBy ?? t("enrolment.byItself"),
      decidedAt: agent.decidedAt === null ? null : time(agent.decidedAt),
    })),
  };
}
