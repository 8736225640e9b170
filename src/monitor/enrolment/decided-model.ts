import type { Viewer } from "../viewer/viewer.ts";
import { posServerUrl } from "./addresses.ts";
import type { EnrolledAgent } from "./list-enrolled.ts";

/** What is said to whoever wants to decide of an agent that has been decided of meanwhile. */
export function decidedModel({ t, format }: Viewer, agent: EnrolledAgent, now: number) {
  const { host, state, posServerId, name, organizationName, decidedBy, decidedAt } = agent;
  return {
    host,
    posServer:
      posServerId === null
        ? null
        : {
            url: posServerUrl({ ...agent, posServerId }),
            name: name ?? host,
            organization: organizationName,
          },
    /** Where it is not in the registry. */
    outcome: t(state === "refused" ? "enrolment.decided.refused" : "enrolment.decided.noPosServer"),
    facts: [
      { title: t("enrolment.column.decidedBy"), text: decidedBy ?? t("enrolment.byItself") },
      ...(decidedAt === null
        ? []
        : [{ title: t("enrolment.column.decidedAt"), text: format.time(decidedAt, now) }]),
    ],
  };
}
