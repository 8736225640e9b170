import type { Confirmation } from "../../forms/confirmation.ts";
import { fieldsOf } from "../../forms/field-model.ts";
import type { ActiveOrganization } from "../../organizations/registry/active-organizations.ts";
import { ticksModel } from "../../people/users/ticks.ts";
import { languageOptions } from "../../viewer/language.ts";
import { timeZoneOptions } from "../../viewer/time-zones.ts";
import type { Viewer } from "../../viewer/viewer.ts";
import { MAX_NAME_LENGTH, type WallTokenForm } from "./token-form.ts";
import type { ListedWallToken } from "./wall-tokens.ts";

export const TOKENS_URL = "/settings/wall";
/** As many organizations as there is room for. */
const NAMED_ORGANIZATIONS = 3;

/** What `/settings/wall` shows: who may look from where, and how to take that back. */
export function tokensModel({ t, format }: Viewer, tokens: readonly ListedWallToken[], now: number) {
  const time = (at: number) => ({ iso: new Date(at).toISOString(), text: format.time(at, now) });
  return {
    tokens: tokens.map(({ id, name, hasAll, organizations, madeBy, createdAt, usedAt }) => ({
      name,
      organizations: organizationsInWords({ t }, hasAll === 1 ? "all" : organizations),
      madeBy,
      createdAt: time(createdAt),
      usedAt: usedAt === null ? null : time(usedAt),
      removeUrl: `${TOKENS_URL}/tokens/${id}/removal/new`,
      removeLabel: t("wallTokens.removeNamed", { name }),
    })),
  };
}

/** What the form of a new link shows; its words and times are those of whoever makes it, unless they choose others. */
export function newTokenModel(
  viewer: Viewer,
  { typed, rights, problems }: WallTokenForm,
  organizations: readonly ActiveOrganization[],
  now: number,
) {
  const { t } = viewer;
  const field = fieldsOf(t, { typed, problems, limits: { maxLength: MAX_NAME_LENGTH } });
  const select = (name: string, label: string) => field(name, { label });
  return {
    hasProblems: Object.keys(problems).length > 0,
    name: field("name", {
      label: t("wallTokens.name"),
      isRequired: true,
      isFocused: true,
      hint: t("wallTokens.nameHint"),
    }),
    languages: {
      ...select("language", t("account.language")),
      options: languageOptions(t, typed.language ?? viewer.language),
    },
    timeZones: {
      ...select("timeZone", t("account.timeZone")),
      options: timeZoneOptions(viewer.language, typed.timeZone ?? viewer.timeZone, now),
    },
    organizationsProblem: problems.organizations ? t(problems.organizations) : null,
    rights: ticksModel(viewer, { organizations, rights, search: "", canBeSearchedOnServer: false }),
  };
}

/** What is asked before a link is taken back: its screen goes dark at once. */
export function removalConfirmation({ t }: Viewer, id: number, name: string): Confirmation {
  return {
    title: t("wallTokens.removal.title", { name }),
    subtitle: t("wallTokens.title"),
    texts: [t("wallTokens.removal.text"), t("wallTokens.removal.wayBack")],
    problem: null,
    path: `${TOKENS_URL}/tokens/${id}/removal`,
    sends: { name: "removed", value: "yes" },
    submit: t("wallTokens.remove"),
    isDanger: true,
    backUrl: TOKENS_URL,
  };
}

/** Names the organizations of a wall, as far as there is room for them. @param names in their order. */
export function organizationsInWords({ t }: Pick<Viewer, "t">, names: "all" | readonly string[]): string {
  if (names === "all") return t("wall.allOrganizations");
  if (names.length === 0) return t("wall.noOrganizations");
  const shown = names.length > NAMED_ORGANIZATIONS ? names.slice(0, NAMED_ORGANIZATIONS - 1) : names;
  const others = names.length - shown.length;
  return [...shown, ...(others > 0 ? [t("wall.otherOrganizations", { count: others })] : [])].join(", ");
}
