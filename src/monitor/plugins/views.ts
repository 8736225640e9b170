import { join } from "node:path";
import view from "@fastify/view";
import { Eta } from "eta";
import type { FastifyReply } from "fastify";
import fp from "fastify-plugin";
import { hasAnyRight } from "../viewer/access.ts";
import { LANGUAGES } from "../viewer/language.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { tagOf } from "./hypermedia.ts";

/** The data of a template; fields of the layout have the same type as there. */
type PageData = object & Partial<ReturnType<typeof layoutModel>>;

declare module "fastify" {
  interface FastifyInstance {
    eta: Eta;
    renderFragment(template: string, viewer: Viewer, data: object): string;
  }
  interface FastifyReply {
    /** A whole page within the layout, with its headers. */
    page<Data extends PageData>(template: string, data: Data): Promise<Buffer>;
    /** For a page or the dialog; the template has the layout `dialog`. With `pollUrl` it refreshes itself every second. */
    dialogPage<Data extends PageData & { pollUrl?: string | null; section?: string }>(
      template: string,
      data: Data,
    ): Promise<Buffer>;
  }
}

/** Without JavaScript. */
const RELOAD_SECONDS = 5;

/** Indentation is for those who write templates. */
const unindented = (template: string) => template.replace(/\n[ \t]+/g, "\n ");
const plugins = [{ processTemplate: unindented }];

const VIEWS_DIRECTORY = join(import.meta.dirname, "../../../views");
/** Of all monitors of this process. */
const eta = new Eta({ views: VIEWS_DIRECTORY, cache: true, autoTrim: [false, "nl"], plugins });

/** Each template gets `t`, `format`, `language`, and, within a page, what the layout needs. */
export default fp(
  async (app) => {
    await app.register(view, { engine: { eta }, templates: VIEWS_DIRECTORY, production: true });
    app.decorate("eta", eta);
    app.decorate("renderFragment", (template, { t, format, language }, data) =>
      eta.render(template, { t, format, language, ...data }),
    );
    app.decorateReply("page", async function (this: FastifyReply, template: string, data: object) {
      return await renderPage(this, template, this.csrfToken(), data);
    });
    app.decorateReply("dialogPage", async function (this: FastifyReply, template, data) {
      const { isPartial, headers, viewer } = this.request;
      const pollTag = data.pollUrl ? tagOf(viewer, data) : null;
      if (pollTag !== null && isPartial && headers["hx-ptag"] !== undefined) {
        this.header("hx-ptag", pollTag);
        if (headers["hx-ptag"] === pollTag) return setPageHeaders(this).code(304).send();
      }
      return await renderPage(this, template, this.csrfToken(), {
        ...data,
        pollTag,
        isPartial,
        reloadSeconds: pollTag === null ? null : RELOAD_SECONDS,
      });
    });

    /** In bytes, which Fastify would count and then make of a text. */
    async function renderPage(reply: FastifyReply, template: string, csrfToken: string, data: object) {
      const { viewer, url } = reply.request;
      const pageNotices = await app.findPageNotices(viewer);
      const html: string = await setPageHeaders(reply).viewAsync(`${template}.eta`, {
        ...layoutModel(viewer),
        pageNotices,
        assetUrl: app.assetUrl,
        csrfToken,
        url,
        ...data,
      });
      return Buffer.from(html);
    }
  },
  { name: "views", dependencies: ["assets", "security", "sessions", "page-notices"] },
);

function setPageHeaders(reply: FastifyReply): FastifyReply {
  return reply.header("vary", "HX-Request-Type, Cookie");
}

function layoutModel({ t, format, language, timeZone, user, organizations }: Viewer) {
  const hasRight = hasAnyRight(organizations);
  const isAdministrator = user?.isAdministrator ?? false;
  const sections = [
    { name: "pos-servers", title: t("posServers.title"), isShown: hasRight },
    { name: "incidents", title: t("incident.title"), isShown: hasRight },
    { name: "reports", title: t("reports.title"), isShown: hasRight },
    { name: "organizations", title: t("organizations.title"), isShown: isAdministrator },
    { name: "users", title: t("users.title"), isShown: isAdministrator },
    { name: "audit", title: t("audit.title"), isShown: true },
    { name: "channels", title: t("channels.title"), isShown: hasRight },
    { name: "settings", title: t("settings.title"), isShown: isAdministrator },
  ];
  return {
    t,
    format,
    language,
    timeZone,
    user,
    hasDialog: hasRight,
    mayBeNotified: hasRight,
    otherLanguage: LANGUAGES.find((other) => other !== language),
    sections: (current?: string) =>
      sections
        .filter(({ isShown }) => isShown)
        .map(({ name, title }) => ({ url: `/${name}`, title, isCurrent: name === current })),
  };
}
