import { type Confirmation, type Field, fieldsOf } from "../forms/field-model.ts";
import type { Organization } from "../registry/organizations.ts";
import type { RegisteredPosServer } from "../registry/pos-servers.ts";
import type { findReportedOrganization } from "../restaurants/find-pos-server.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { FORM_LIMITS, type PosServerForm } from "./pos-server-form.ts";

const PAIRING_STRING_EXAMPLE = "poswatch://…";
const ADDRESS_EXAMPLE = "https://pos.example.ru:8443";
const FINGERPRINT_EXAMPLE = "sha256:…";

/** Problems of the pairing string that also concern the folded fields below it. */
const PROBLEMS_OF_BOTH = ["posServer.problem.noConnection", "posServer.problem.twoConnections"];

type MakeField = ReturnType<typeof fieldsOf>;
type FilledPosServerForm = Pick<PosServerForm, "typed" | "problems">;

export type ReportedOrganization = NonNullable<Awaited<ReturnType<typeof findReportedOrganization>>>;

export function newPosServerModel({ t }: Viewer, organization: Organization, form: FilledPosServerForm) {
  const { typed, problems } = form;
  const { name, crmId } = organization;
  const path = `/organizations/${organization.id}`;
  const field = fieldsOf(t, { typed, problems, limits: FORM_LIMITS });
  const token = { label: t("posServer.token"), hint: null };
  return {
    subtitle: `${name} · ${t("posServers.crmId", { crmId })}`,
    path,
    codeUrl: `/enrolments/new?organization=${organization.id}`,
    hasProblems: Object.keys(problems).length > 0,
    fields: [
      field("name", {
        label: t("posServer.name"),
        isRequired: true,
        isFocused: true,
        hint: t("posServer.nameHint"),
      }),
      field("pairingString", {
        label: t("posServer.pairingString"),
        placeholder: PAIRING_STRING_EXAMPLE,
        hint: t("posServer.pairingStringHint"),
      }),
    ],
    isByAddress:
      PROBLEMS_OF_BOTH.includes(problems.pairingString ?? "") ||
      [typed.address, typed.fingerprint, problems.address, problems.token, problems.fingerprint].some(
        Boolean,
      ),
    addressFields: addressFields(t, field, token),
    pollInterval: pollIntervalField(t, field),
  };
}

export function changedPosServerModel(
  { t }: Viewer,
  posServer: RegisteredPosServer,
  form: FilledPosServerForm,
) {
  const { typed, problems } = form;
  const field = fieldsOf(t, { typed, problems, limits: FORM_LIMITS });
  const dialsIn = posServer.connection.connection === "dial_out";
  const tokenHint = posServer.connection.token === null ? null : t("posServer.newTokenHint");
  const token = { label: t("posServer.newToken"), hint: tokenHint };
  return {
    ...headingOf(t, posServer),
    title: posServer.name,
    hasProblems: Object.keys(problems).length > 0,
    fields: [
      field("name", { label: t("posServer.name"), isRequired: true }),
      pollIntervalField(t, field),
      ...(dialsIn ? [] : addressFields(t, field, token)),
    ],
    /** Then there is no address to change. */
    dialsIn,
    hasIdentity: !dialsIn && posServer.connection.identity !== null,
    isIdentityAccepted: typed.acceptIdentity !== "",
    keepsLogLines: typed.keepsLogLines !== "",
  };
}

function addressFields(t: Viewer["t"], field: MakeField, token: Pick<Field, "label" | "hint">): Field[] {
  return [
    field("address", { label: t("posServer.address"), placeholder: ADDRESS_EXAMPLE }),
    field("token", { ...token, type: "password", autocomplete: "new-password" }),
    field("fingerprint", {
      label: t("posServer.fingerprint"),
      placeholder: FINGERPRINT_EXAMPLE,
      hint: t("posServer.fingerprintHint"),
    }),
  ];
}

function pollIntervalField(t: Viewer["t"], field: MakeField): Field {
  const [label, hint] = [t("posServer.pollInterval"), t("posServer.pollIntervalHint")];
  return field("pollInterval", { label, inputMode: "numeric", hint });
}

export function reconnectModel(
  { t }: Viewer,
  { id, name, organizationName }: RegisteredPosServer,
  problems: PosServerForm["problems"],
) {
  const field = fieldsOf(t, { typed: {}, problems });
  return {
    heading: t("posServer.reconnectTitle", { name }),
    subtitle: organizationName,
    path: `/pos-servers/${id}`,
    codeUrl: `/enrolments/new?posServer=${id}`,
    hasProblems: Object.keys(problems).length > 0,
    pairingString: field("pairingString", {
      label: t("posServer.pairingString"),
      isRequired: true,
      isFocused: true,
      placeholder: PAIRING_STRING_EXAMPLE,
      hint: t("posServer.pairingStringHint"),
    }),
  };
}

/** @param problems what is wrong with the name, or why it cannot be deleted now: keys of the catalogs. */
export function deletionModel(
  { t }: Viewer,
  posServer: RegisteredPosServer,
  typed: string,
  problems: { name?: string; form?: string },
) {
  const { name } = posServer;
  const field = fieldsOf(t, { typed: { name: typed }, problems });
  return {
    ...headingOf(t, posServer),
    heading: t("posServer.deleteTitle", { name }),
    problem: problems.form ? t(problems.form) : null,
    name: field("name", { label: t("posServer.deleteType", { name }), isRequired: true, isFocused: true }),
  };
}

function headingOf(t: Viewer["t"], { id, organizationName, crmId }: RegisteredPosServer) {
  return {
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    path: `/pos-servers/${id}`,
  };
}

/** @param problem why it was not moved: a key of the catalogs. */
export function movingModel(
  { t }: Viewer,
  { id, name, organizationName, crmId }: RegisteredPosServer,
  reported: ReportedOrganization,
  problem: string | null,
): Confirmation {
  const url = `/pos-servers/${id}`;
  return {
    title: t("posServer.moving.title", { name }),
    subtitle: `${organizationName} · ${t("posServers.crmId", { crmId })}`,
    texts: [
      t("posServer.moving.text", { organization: reported.name, crmId: reported.crmId }),
      t("posServer.moving.rights"),
      t("posServer.moving.history"),
    ],
    problem: problem && t(problem, { organization: reported.name }),
    path: `${url}/moves`,
    sends: { name: "organization", value: String(reported.id) },
    submit: t("cause.step.move_pos_server"),
    isDanger: false,
    backUrl: url,
  };
}
