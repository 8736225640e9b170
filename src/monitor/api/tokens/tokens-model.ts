import { Type } from "typebox";
import { fieldsOf } from "../../forms/field-model.ts";
import { readForm, Text, Texts } from "../../forms/fields.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import type { Rights } from "../../people/users/save-rights.ts";
import { readTicks, ticksModel } from "../../people/users/ticks.ts";
import { organizationsInWords } from "../../viewer/organizations-in-words.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import {
  type ListedApiToken,
  lacksOrganizations,
  MAX_NAME_LENGTH,
  type NewApiToken,
  TERMS,
  USUAL_TERM,
} from "./api-tokens.ts";
import { readScopes, SCOPES } from "./scopes.ts";

export const TOKENS_URL = "/settings/api";

const NewTokenForm = Type.Object({ name: Text, days: Text, scope: Texts });

export interface ApiTokenForm {
  typed: { name: string; days: string };
  scopes: readonly string[];
  rights: Rights;
  problems: Record<string, string>;
}

/** What `/settings/api` shows: the tokens, and how to take them back. */
export function tokensModel({ t, format }: Viewer, tokens: readonly ListedApiToken[], now: number) {
  const time = (at: number) => ({ iso: new Date(at).toISOString(), text: format.time(at, now) });
  return {
    tokens: tokens.map(({ id, name, scopes, userId, userName, organizations, endsAt, usedAt, isDead }) => ({
      name,
      scopes: scopes.split(" ").join(", "),
      organizations: organizationsInWords({ t }, organizations),
      madeBy: userId === null ? t("audit.commandLine") : userName,
      endsAt: time(endsAt),
      usedAt: usedAt === null ? null : time(usedAt),
      dead: endsAt <= now ? t("apiTokens.ended") : isDead ? t("apiTokens.makerBlocked") : null,
      removeUrl: `${TOKENS_URL}/tokens/${id}/removal/new`,
      removeLabel: t("apiTokens.removeNamed", { name }),
    })),
  };
}

export function newTokenModel(
  viewer: Viewer,
  { typed, scopes, rights, problems }: ApiTokenForm,
  organizations: readonly ActiveOrganization[],
) {
  const { t } = viewer;
  const field = fieldsOf(t, { typed, problems, limits: { maxLength: MAX_NAME_LENGTH } });
  const problemOf = (name: string) => (problems[name] ? t(problems[name]) : null);
  return {
    hasProblems: Object.keys(problems).length > 0,
    name: field("name", {
      label: t("apiTokens.name"),
      isRequired: true,
      isFocused: true,
      hint: t("apiTokens.nameHint"),
    }),
    terms: {
      ...field("days", { label: t("apiTokens.term") }),
      options: TERMS.map((days) => ({
        value: String(days),
        text: t("apiTokens.days", { count: days }),
        isChosen: String(days) === typed.days,
      })),
    },
    scopesProblem: problemOf("scopes"),
    scopes: SCOPES.map((scope) => ({
      scope,
      text: t(`apiTokens.scope.${scope}`),
      isTicked: scopes.includes(scope),
    })),
    organizationsProblem: problemOf("organizations"),
    rights: ticksModel(viewer, { organizations, rights }),
  };
}

/** @returns `wanted`: null when there are problems. */
export function readTokenForm(body: unknown): ApiTokenForm & { wanted: NewApiToken | null } {
  const { scope, ...typed } = readForm(NewTokenForm, body);
  const rights = readTicks(body);
  const name = typed.name.trim();
  const scopes = readScopes(scope);
  const days = TERMS.find((term) => String(term) === typed.days);
  const hasOrganizations = rights.hasAll || rights.organizationIds.size > 0;
  const problems = {
    ...(name === "" && { name: "form.required" }),
    ...(name.length > MAX_NAME_LENGTH && { name: "apiTokens.problem.long" }),
    ...(days === undefined && { days: "apiTokens.problem.term" }),
    ...(scopes === null && { scopes: "apiTokens.problem.noScope" }),
    ...(scopes !== null &&
      lacksOrganizations({ scopes, rights }) && { organizations: "apiTokens.problem.notAll" }),
    ...(!hasOrganizations && { organizations: "rule.problem.noOrganization" }),
  };
  const isRight = Object.keys(problems).length === 0 && scopes !== null && days !== undefined;
  return { typed, scopes: scope, rights, problems, wanted: isRight ? { name, scopes, rights, days } : null };
}

export function emptyForm(rights: Rights): ApiTokenForm {
  return { typed: { name: "", days: String(USUAL_TERM) }, scopes: ["read"], rights, problems: {} };
}
