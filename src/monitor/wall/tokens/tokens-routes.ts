import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import { readForm, Text } from "../../forms/fields.ts";
import { pageLink } from "../../installation/pages-address.ts";
import { tokenRoutes } from "../../people/tokens/token-routes.ts";
import { isLanguage, languageOptions } from "../../viewer/language.ts";
import { isTimeZone, timeZoneOptions } from "../../viewer/time-zones.ts";

const OwnFields = Type.Object({ language: Text, timeZone: Text });

/** `/settings/wall`: the links to the wall. Their language and time zone begin as the viewer's. */
export async function wallTokensRoutes(app: FastifyInstance): Promise<void> {
  tokenRoutes(app, {
    kind: "wall",
    rowModel: ({ format }, { createdAt }, now) => ({ createdAt: format.stamp(createdAt, now) }),
    typed: {},
    fieldsModel: ({ t, language, timeZone }, { typed }, field, now) => ({
      languages: {
        ...field("language", { label: t("account.language") }),
        options: languageOptions(t, typed.language ?? language),
      },
      timeZones: {
        ...field("timeZone", { label: t("account.timeZone") }),
        options: timeZoneOptions(language, typed.timeZone ?? timeZone, now),
      },
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
