import { type StaticDecode, Type } from "typebox";
import { boundElsewhere } from "../../fleet/bound-elsewhere.ts";
import { helpUrlOf } from "../../fleet/cause-in-words.ts";
import { adviceOn } from "../../fleet/causes.ts";
import { EXCHANGING_STATES, isSilent } from "../../fleet/state.ts";
import { fieldsOf } from "../../forms/field-model.ts";
import { Text, Tick } from "../../forms/fields.ts";
import type { ExcerptModel } from "../../log-excerpts/excerpt-model.ts";
import type { ShownPosServer } from "../../restaurants/find-pos-server.ts";
import { asSentence, atTime, namePartsOf } from "../../viewer/in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { findOpenResetOf } from "./find-database-resets.ts";
import { ABOUT_CRM_ID, commandFailureInWords } from "./words.ts";

/** `agent`: the agent's process, by the report that the dialog showed. */
export const ResetForm = Type.Object({ crmId: Text, fetchLogs: Tick, startService: Tick, agent: Text });
export type ResetForm = StaticDecode<typeof ResetForm>;

/** Why nothing was done. */
export interface ResetRefusal {
  /** `open`, `crm_id_empty`, `crm_id_differs`, or a failure that `commandFailureInWords` knows. */
  code: string;
  detail?: string;
  open?: Awaited<ReturnType<typeof findOpenResetOf>>;
}

interface NewResetInput {
  viewer: Viewer;
  posServer: ShownPosServer;
  typed: ResetForm;
  refusal: ResetRefusal | null;
  isSent: boolean;
  /** Many POS servers came into its cause at once. */
  isCommon: boolean;
  /** It dials out and is not connected. */
  isAgentAway: boolean;
  logLines: ExcerptModel | null;
  now: number;
}

/** While these last, the form cannot be sent. */
const LASTING = [
  "parked",
  "unsupported",
  "no_address",
  "unprotected",
  "restored_copy",
  "open",
  "no_database",
];

/** The dialog «Сбросить БД POSа»: what will happen, and what was wrong with what was sent. */
export function newResetModel(input: NewResetInput) {
  const { viewer, posServer, typed, refusal, isSent, logLines, now } = input;
  const { t } = viewer;
  const { name } = posServer;
  const isAboutCrmId = refusal !== null && ABOUT_CRM_ID.includes(refusal.code);
  const isObstructed = refusal !== null && LASTING.includes(refusal.code);
  const elsewhere = isObstructed ? null : boundElsewhere(viewer, posServer, "reset");
  const canBeSent = !isObstructed && elsewhere === null;
  // What the POS server itself refused with is newer than any warning.
  const warning = canBeSent && (refusal === null || isAboutCrmId) ? warningOf(input) : null;
  const advice = adviceOn(posServer);
  const problems = isAboutCrmId ? { crmId: `databaseReset.problem.${refusal.code}` } : {};
  const field = fieldsOf(t, { typed: { crmId: typed.crmId }, problems });
  return {
    title: t("databaseReset.title", { name }),
    subtitle: `${posServer.organizationName} · ${t("posServers.crmId", { crmId: posServer.crmId })}`,
    path: `/pos-servers/${posServer.id}/database-resets`,
    posServerUrl: `/pos-servers/${posServer.id}`,
    submit: submitModel(viewer, name),
    what: whatInWords(viewer, posServer),
    lost: lostInWords(viewer, posServer, now),
    logLines,
    elsewhere,
    warning: warning && t(`databaseReset.warning.${warning}`),
    helpUrl: advice?.resetFails && advice.resetFails === warning ? helpUrlOf(advice.cause) : null,
    typed,
    agent: posServer.agentMachine ?? "",
    confirmation: field("crmId", {
      label: t("databaseReset.confirm"),
      isRequired: true,
      inputMode: "numeric",
    }),
    refusal: refusal && !isAboutCrmId && !elsewhere ? refusalInWords(viewer, refusal, now) : null,
    openUrl: refusal?.open ? `/database-resets/${refusal.open.id}` : null,
    notBegun: isSent ? t("databaseReset.notBegun") : null,
    canBeSent,
  };
}

function whatInWords({ t, format }: Viewer, posServer: ShownPosServer): string {
  const { serviceName, databaseExists, databaseBytes, quarantineDays } = posServer;
  const isSizeKnown = databaseExists === 1 && databaseBytes !== null;
  return t(quarantineDays === null ? "databaseReset.whatUnreported" : "databaseReset.what", {
    service: serviceName ?? t("databaseReset.anyService"),
    database: isSizeKnown
      ? t("databaseReset.databaseSized", { size: format.bytes(databaseBytes) })
      : t("databaseReset.database"),
    count: quarantineDays ?? 0,
  });
}

function lostInWords(
  { t, format }: Viewer,
  { lastSyncAt, untracedSince }: ShownPosServer,
  now: number,
): string {
  // What left no traces may have been no exchange.
  const syncedAt = untracedSince ?? lastSyncAt;
  if (syncedAt === null) return t("databaseReset.lostUnknown");
  const age = format.age(syncedAt, now).text;
  return t("databaseReset.lost", { age, time: format.clock(syncedAt, now) });
}

function warningOf({ posServer, isAgentAway, isCommon }: NewResetInput) {
  if (isAgentAway) return "away";
  if (isSilent(posServer)) return "silent";
  if (EXCHANGING_STATES.includes(posServer.state)) return "works";
  if (isCommon) return "common";
  return adviceOn(posServer)?.resetFails ?? null;
}

function submitModel({ t }: Viewer, name: string) {
  const text = t("databaseReset.submit", { name });
  const nameAt = text.lastIndexOf(" ", text.indexOf(name)) + 1;
  const { start, end } = namePartsOf(name);
  const startEndsAt = text.indexOf(name) + start.length;
  const isWhole = end === "";
  return {
    text,
    lead: text.slice(0, nameAt),
    nameStart: isWhole ? text.slice(nameAt) : text.slice(nameAt, startEndsAt),
    nameEnd: isWhole ? "" : text.slice(startEndsAt),
  };
}

function refusalInWords(viewer: Viewer, { code, detail, open }: ResetRefusal, now: number): string {
  if (!open) return asSentence(commandFailureInWords(viewer, { code, detail: detail ?? "" }));
  return viewer.t("databaseReset.alreadyOpen", {
    name: open.userName ?? open.userLogin,
    when: atTime(viewer, open.requestedAt, now),
  });
}
