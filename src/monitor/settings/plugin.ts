import type { FastifyReply } from "fastify";
import fp from "fastify-plugin";
import { countRows } from "../database/count-rows.ts";
import { awaitedEnrolments } from "../restaurants/awaited-enrolments.ts";
import { SETTING_PAGES } from "./fields.ts";

declare module "fastify" {
  interface FastifyReply {
    /** A page beside the menu of the settings. */
    settingsPage: FastifyReply["page"];
  }
}

/** `words`: what else it is looked for by. */
const MENU: readonly (readonly [url: string, title: string, words?: string])[] = [
  ...SETTING_PAGES.map((page) => [`/settings/${page}`, `settings.page.${page}`] as const),
  ["/enrolments", "agents.title", "settings.words.agents"],
  ["/settings/log-patterns", "logPatterns.title", "settings.words.logPatterns"],
  ["/settings/wall", "wallTokens.title", "settings.words.wall"],
  ["/settings/api", "apiTokens.title", "settings.words.api"],
  ["/about", "about.title", "settings.words.about"],
];

/** The settings are a menu with its pages, those of other rooms among them; `isMenu`: a phone shows that alone. */
export default fp(
  async (app) => {
    app.decorateReply("settingsPage", async function (this: FastifyReply, template, data) {
      const { method, url, viewer } = this.request;
      const [path] = ("url" in data ? String(data.url) : url).split("?");
      const awaited = await countRows(awaitedEnrolments(app.database.db));
      const { t } = viewer;
      const search = "search" in data ? String(data.search).toLowerCase() : "";
      const settingsMenu = MENU.map(([url, title, words]) => ({
        url,
        title: t(title),
        isFound: search !== "" && `${t(title)} ${words ? t(words) : ""}`.toLowerCase().includes(search),
        isCurrent: `${path}/`.startsWith(`${url}/`),
        waiting: url === "/enrolments" && awaited > 0 ? viewer.format.number(awaited) : null,
      }));
      const isMenu = method === "GET" && url === "/settings";
      return await this.page(template, { isMenu, settingsMenu, ...data });
    });
  },
  { name: "settings", dependencies: ["views"] },
);
