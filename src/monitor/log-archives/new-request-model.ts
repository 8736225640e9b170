import { boundElsewhere } from "../fleet/bound-elsewhere.ts";
import { fieldsOf } from "../forms/field-model.ts";
import type { ShownPosServer } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import {
  type LogRequestProblems,
  type LogRequestValues,
  MAX_MEGABYTES,
  PRESETS,
  type Preset,
} from "./log-request-form.ts";
import type { ListedLogRequest } from "./log-requests.ts";
import { requestInWords } from "./request-in-words.ts";

const FIELDS_CHANGED = "input from:#log-fields delay:500ms";

export interface NewRequestInput {
  viewer: Viewer;
  posServer: ShownPosServer;
  preset: Preset;
  values: LogRequestValues;
  problems: LogRequestProblems;
  /** Why nothing was queued although the form is valid, in words. */
  refusal: string | null;
  earlier: ListedLogRequest[];
  now: number;
}

export function newRequestModel(input: NewRequestInput) {
  const { viewer, posServer, preset, values, problems, refusal, earlier, now } = input;
  const { t } = viewer;
  const path = `/pos-servers/${posServer.id}/log-requests`;
  const limits = { maximum: viewer.format.number(MAX_MEGABYTES) };
  const field = fieldsOf(t, { typed: values, problems, limits });
  const paused = posServer.parked === 1 ? t("logRequest.paused") : null;
  const elsewhere = paused ? null : boundElsewhere(viewer, posServer, "logs");
  return {
    title: t("logRequest.title", { name: posServer.name }),
    subtitle: `${posServer.organizationName} · ${t("posServers.crmId", { crmId: posServer.crmId })}`,
    path,
    posServerUrl: `/pos-servers/${posServer.id}`,
    presets: PRESETS.map((name) => ({
      url: `${path}/new?preset=${name}`,
      text: t(`logRequest.preset.${name}`),
      isOwn: name === "custom",
      isCurrent: name === preset,
    })),
    fields: (["from", "to", "maxMegabytes"] as const).map((name) =>
      field(name, {
        type: name === "maxMegabytes" ? "text" : "datetime-local",
        label: t(`logRequest.field.${name}`),
        inputMode: name === "maxMegabytes" ? "numeric" : null,
        isFocused: name === "from" && preset === "custom" && !refusal,
      }),
    ),
    refusal: elsewhere ? null : refusal,
    paused,
    elsewhere,
    canBeSent: paused === null && elsewhere === null,
    /** After a refusal the POS server is asked again only when a field changes. */
    previewTrigger: refusal ? FIELDS_CHANGED : `load, ${FIELDS_CHANGED}`,
    earlier: earlier.map((request) => requestInWords(request, viewer, now)),
  };
}
