import { join } from "node:path";
import { Readable } from "node:stream";
import view from "@fastify/view";
import { Eta } from "eta";
import type { FastifyReply } from "fastify";
import fp from "fastify-plugin";
import { hasAnyRight } from "../viewer/access.ts";
import { LANGUAGES, refuseUnknownTexts } from "../viewer/language.ts";
import type { Viewer } from "../viewer/viewer.ts";
import { tagOf } from "./hypermedia.ts";
import { createKeptPages } from "./kept-pages.ts";

/** What a template gets of its own; what the layout has too is the same there. */
type PageData = object & Partial<ReturnType<typeof layoutModel>>;

declare module "fastify" {
  interface FastifyInstance {
    /** Renders a part of a page for a viewer; the data are the template's own. */
    renderFragment(template: string, viewer: Viewer, data: object): string;
  }
  interface FastifyReply {
    /** Renders a whole page within the layout, and sets the headers of one: the route returns it. */
    page<Data extends PageData>(template: string, data: Data): Promise<string>;
    /**
     * Renders what stands on a page of its own and in the page's dialog; its template has the layout `dialog`. With
     * `pollUrl` it asks there for itself every second and morphs, and is answered with 304 while nothing changes;
     * without JavaScript its page reloads itself.
     */
    dialogPage<Data extends PageData & { pollUrl?: string | null; section?: string }>(
      template: string,
      data: Data,
    ): Promise<string>;
    /** Likewise, but rendered once for all requests with this key while `owner`, what the page shows, lives. */
    keptPage<Data extends PageData>(
      owner: object,
      key: string,
      template: string,
      data: () => Data,
    ): Promise<Readable>;
  }
}

interface ViewsOptions {
  /** Templates are read anew whenever they are rendered. */
  isDevelopment: boolean;
}

/** How often what would poll reloads itself without JavaScript. */
const RELOAD_SECONDS = 5;

/** A partial gets what it is given, and what all have: Eta would let it read whatever its caller has been given. */
const ALL =
  "t: it.t, format: it.format, language: it.language, csrfToken: it.csrfToken, assetUrl: it.assetUrl";
const apart = (body: string) => body.replace("{...it, ...(__eta_d ?? {})}", `{${ALL}, ...__eta_d}`);
const plugins = [{ processFnString: apart }];

const VIEWS_DIRECTORY = join(import.meta.dirname, "../../../views");

/** Templates. Each gets `t`, `format`, `language`, and, within a page, what the layout needs. */
export default fp<ViewsOptions>(
  async (app, { isDevelopment }) => {
    if (isDevelopment) refuseUnknownTexts();
    const eta = new Eta({ views: VIEWS_DIRECTORY, cache: !isDevelopment, autoTrim: [false, "nl"], plugins });
    await app.register(view, { engine: { eta }, templates: VIEWS_DIRECTORY, production: !isDevelopment });

    const keptPages = createKeptPages();

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
    app.decorateReply("keptPage", async function (this: FastifyReply, owner, key, template, data) {
      const { head, rest } = await keptPages.page(owner, key, this.csrfToken(), (csrfToken) =>
        renderPage(this, template, csrfToken, data()),
      );
      setPageHeaders(this)
        .type("text/html; charset=utf-8")
        .header("content-length", head.length + rest.length);
      return Readable.from([head, rest]);
    });

    async function renderPage(reply: FastifyReply, template: string, csrfToken: string, data: object) {
      const { viewer, url } = reply.request;
      const pageNotices = await app.findPageNotices(viewer);
      return await setPageHeaders(reply).viewAsync(`${template}.eta`, {
        ...layoutModel(viewer),
        pageNotices,
        assetUrl: app.assetUrl,
        csrfToken,
        url,
        ...data,
      });
    }
  },
  { name: "views", dependencies: ["assets", "security", "sessions", "page-notices"] },
);

function setPageHeaders(reply: FastifyReply): FastifyReply {
  return reply.header("vary", "HX-Request-Type, Cookie");
}

/** What the layout shows of every page's viewer. */
function layoutModel(viewer: Viewer) {
  const { t, format, language, timeZone, user, organizations } = viewer;
  return {
    t,
    format,
    language,
    timeZone,
    user,
    hasDialog: hasAnyRight(organizations),
    mayBeNotified: hasAnyRight(organizations),
    otherLanguage: LANGUAGES.find((other) => other !== language),
    sections: (current?: string) => sectionLinks(viewer, current),
  };
}

/** The sections that the viewer may open. */
function sectionLinks({ t, user, organizations }: Viewer, current?: string) {
  const isAdministrator = user?.isAdministrator ?? false;
  const sections = [
    { name: "pos-servers", title: t("posServers.title"), isShown: hasAnyRight(organizations) },
    { name: "incidents", title: t("incident.title"), isShown: hasAnyRight(organizations) },
    { name: "organizations", title: t("navigation.organizations"), isShown: isAdministrator },
    { name: "users", title: t("navigation.users"), isShown: isAdministrator },
    { name: "audit", title: t("navigation.audit"), isShown: true },
    { name: "settings", title: t("navigation.settings"), isShown: isAdministrator },
  ];
  return sections
    .filter(({ isShown }) => isShown)
    .map(({ name, title }) => ({ url: `/${name}`, title, isCurrent: name === current }));
}
