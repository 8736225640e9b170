import type { ShownPosServer } from "../fleet/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { ListedLogRequest } from "./list-log-requests.ts";
import { type LogRequestProblems, type LogRequestValues, MAX_MEGABYTES } from "./log-request-form.ts";
import { PRESETS, type Preset } from "./presets.ts";
import { requestInWords } from "./request-in-words.ts";

/** What the form of a request shows. */
export interface NewRequestInput {
  viewer: Viewer;
  posServer: ShownPosServer;
  preset: Preset;
  values: LogRequestValues;
  problems: LogRequestProblems;
  /** Why nothing was queued although the form is right, in words. */
  refusal: string | null;
  earlier: ListedLogRequest[];
  now: number;
}

export function newRequestModel(input: NewRequestInput) {
  const { viewer, posServer, preset, values, problems, refusal, earlier, now } = input;
  const { t } = viewer;
  const path = `/pos-servers/${posServer.id}/log-requests`;
  return {
    title: t("logRequest.title", { name: posServer.name }),
    subtitle: `${posServer.organizationName} · ${t("posServers.crmId", { crmId: posServer.crmId })}`,
    path,
    posServerUrl: `/pos-servers/${posServer.id}`,
    presets: PRESETS.map((name) => ({
      name,
      url: `${path}/new?preset=${name}`,
      isCurrent: name === preset,
    })),
    values,
    problems,
    problemValues: { maximum: viewer.format.number(MAX_MEGABYTES) },
    refusal,
    isPeriodTyped: preset === "custom",
    earlier: earlier.map((request) => requestInWords(request, viewer, now)),
  };
}
