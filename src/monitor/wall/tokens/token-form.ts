import { isChecked, textFields } from "../../forms/fields.ts";
import type { Rights } from "../../people/users/save-rights.ts";
import { readTicks } from "../../people/users/ticks.ts";
import { isLanguage } from "../../viewer/language.ts";
import { isTimeZone } from "../../viewer/time-zones.ts";
import type { NewWallToken } from "./wall-tokens.ts";

export const MAX_NAME_LENGTH = 80;

/** What was typed and ticked, and what is wrong with it: keys of the catalogs, by field. */
export interface WallTokenForm {
  typed: Record<string, string>;
  rights: Rights;
  problems: Record<string, string>;
}

/** Reads the form of a new link to the wall; without problems there is what to make. */
export function readTokenForm(body: unknown): WallTokenForm & { wanted: NewWallToken | null } {
  const typed = textFields(body, ["name", "language", "timeZone"]);
  const rights = readTicks(body);
  const name = typed.name.trim();
  const { language, timeZone } = typed;
  const hasOrganizations = isChecked(body, "allOrganizations") || rights.organizationIds.size > 0;
  const problems = {
    ...(name === "" && { name: "form.required" }),
    ...(name.length > MAX_NAME_LENGTH && { name: "wallTokens.problem.long" }),
    ...(!isLanguage(language) && { language: "account.problem.language" }),
    ...(!isTimeZone(timeZone) && { timeZone: "account.problem.timeZone" }),
    ...(!hasOrganizations && { organizations: "wallTokens.problem.noOrganization" }),
  };
  const isRight = Object.keys(problems).length === 0 && isLanguage(language);
  return { typed, rights, problems, wanted: isRight ? { name, rights, language, timeZone } : null };
}
