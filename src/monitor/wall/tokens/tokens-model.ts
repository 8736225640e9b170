import { Type } from "typebox";
import { fieldsOf } from "../../forms/field-model.ts";
import { readForm, Text } from "../../forms/fields.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import type { Rights } from "../../people/users/save-rights.ts";
import { readTicks, ticksModel } from "../../people/users/ticks.ts";
import { isLanguage, languageOptions } from "../../viewer/language.ts";
import { organizationsInWords } from "../../viewer/organizations-in-words.ts";
import { isTimeZone, timeZoneOptions } from "../../viewer/time-zones.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import type { ListedWallToken, NewWallToken } from "./wall-tokens.ts";

export const TOKENS_URL = "/settings/wall";

const MAX_NAME_LENGTH = 80;

const NewTokenForm = Type.Object({ name: Text, language: Text, timeZone: Text });

export interface WallTokenForm {
  typed: Record<string, string>;
  rights: Rights;
  problems: Record<string, string>;
}

/** What `/settings/wall` shows: the links, and how to take them back. */
export function tokensModel({ t, format }: Viewer, tokens: readonly ListedWallToken[], now: number) {
  const time = (at: number) => ({ iso: new Date(at).toISOString(), text: format.time(at, now) });
  return {
    tokens: tokens.map(({ id, name, userName, organizations, createdAt, usedAt }) => ({
      name,
      organizations: organizationsInWords({ t }, organizations),
      madeBy: userName,
      createdAt: time(createdAt),
      usedAt: usedAt === null ? null : time(usedAt),
      removeUrl: `${TOKENS_URL}/tokens/${id}/removal/new`,
      removeLabel: t("wallTokens.removeNamed", { name }),
    })),
  };
}

/** What the form of a new link shows; language and time zone begin as the viewer's. */
export function newTokenModel(
  viewer: Viewer,
  { typed, rights, problems }: WallTokenForm,
  organizations: readonly ActiveOrganization[],
  now: number,
) {
  const { t } = viewer;
  const field = fieldsOf(t, { typed, problems, limits: { maxLength: MAX_NAME_LENGTH } });
  return {
    hasProblems: Object.keys(problems).length > 0,
    name: field("name", {
      label: t("wallTokens.name"),
      isRequired: true,
      isFocused: true,
      hint: t("wallTokens.nameHint"),
    }),
    languages: {
      ...field("language", { label: t("account.language") }),
      options: languageOptions(t, typed.language ?? viewer.language),
    },
    timeZones: {
      ...field("timeZone", { label: t("account.timeZone") }),
      options: timeZoneOptions(viewer.language, typed.timeZone ?? viewer.timeZone, now),
    },
    organizationsProblem: problems.organizations ? t(problems.organizations) : null,
    rights: ticksModel(viewer, { organizations, rights }),
  };
}

/** @returns `wanted`: null when there are problems. */
export function readTokenForm(body: unknown): WallTokenForm & { wanted: NewWallToken | null } {
  const typed = readForm(NewTokenForm, body);
  const rights = readTicks(body);
  const name = typed.name.trim();
  const { language, timeZone } = typed;
  const hasOrganizations = rights.hasAll || rights.organizationIds.size > 0;
  const problems = {
    ...(name === "" && { name: "form.required" }),
    ...(name.length > MAX_NAME_LENGTH && { name: "wallTokens.problem.long" }),
    ...(!isLanguage(language) && { language: "account.problem.language" }),
    ...(!isTimeZone(timeZone) && { timeZone: "account.problem.timeZone" }),
    ...(!hasOrganizations && { organizations: "rule.problem.noOrganization" }),
  };
  const isRight = Object.keys(problems).length === 0 && isLanguage(language);
  return { typed, rights, problems, wanted: isRight ? { name, rights, language, timeZone } : null };
}
