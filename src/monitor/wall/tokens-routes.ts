import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { tokenRoutes } from "../access/token-routes.ts";
import { readForm, Text } from "../forms/fields.ts";
import { pageLink } from "../installation/addresses.ts";
import { isLanguage, languageChoices } from "../viewer/language.ts";
import { isTimeZone, timeZoneChoices } from "../viewer/time-zones.ts";

const OwnFields = Type.Object({ language: Text, timeZone: Text });

/** `/settings/wall`: the links to the wall. Their language and time zone begin as the viewer's. */
export async function wallTokensRoutes(app: FastifyInstance): Promise<void> {
  tokenRoutes(app, {
    kind: "wall",
    rowModel: () => ({}),
    typed: { days: "365" },
    fieldsModel: ({ t, language, timeZone }, { typed }, field, now) => ({
      languages: field("language", {
        label: t("account.language"),
        value: typed.language ?? language,
        choices: languageChoices(t),
      }),
      timeZones: field("timeZone", {
        label: t("account.timeZone"),
        value: typed.timeZone ?? timeZone,
        choices: timeZoneChoices(language, now),
      }),
    }),
    readFields: (body) => {
      const typed = readForm(OwnFields, body);
      const { language, timeZone } = typed;
      const problems = {
        ...(!isLanguage(language) && { language: "account.problem.language" }),
        ...(!isTimeZone(timeZone) && { timeZone: "account.problem.timeZone" }),
      };
      return { typed, problems, own: isLanguage(language) ? { columns: { language, timeZone } } : null };
    },
    madeModel: async (request, token) => ({ link: await pageLink(request, `/wall?token=${token}`) }),
  });
}
