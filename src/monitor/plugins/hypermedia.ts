import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Viewer } from "../viewer/viewer.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** htmx asks for a part of the page, not for the page. */
    isPartial: boolean;
  }
  interface FastifyReply {
    /**
     * Answers a polled part of the page, with what every page says above all else, or 304 when its tag is the one that the browser shows
     * already.
     * @param render called only when something changed.
     */
    polledPart(tag: string, render: () => string): Promise<FastifyReply>;
    /** Leads the browser to a page after a form was carried out, also one that was sent from the dialog. */
    leadTo(url: string): FastifyReply;
    /** Leads back to a page, with the query that the browser shows it with: the list that somebody came from, for one. */
    leadBackTo(url: string): FastifyReply;
  }
}

/** The tag of what is shown to a viewer: equal exactly when all of it is equal, as far as `replacer` leaves it in. */
export function tagOf(
  { language, timeZone }: Pick<Viewer, "language" | "timeZone">,
  shown: unknown,
  replacer?: (key: string, value: unknown) => unknown,
): string {
  const json = JSON.stringify([language, timeZone, shown], replacer);
  return createHash("sha1").update(json).digest("base64url");
}

/** htmx says which page is shown, and browsers do for a form of that page; null = none of ours, as far as is known. */
function shownPage({ headers, host }: FastifyRequest): URL | null {
  const shown = URL.parse(String(headers["hx-current-url"] ?? headers.referer ?? ""));
  return shown?.host === host ? shown : null;
}

function withShownQuery(request: FastifyRequest, url: string): string {
  const shown = shownPage(request);
  return shown?.pathname === url ? `${url}${shown.search}` : url;
}

/** What htmx sends and expects. */
export default fp(
  async (app) => {
    app.decorateRequest("isPartial", {
      getter() {
        return this.headers["hx-request-type"] === "partial";
      },
    });
    app.decorateReply("polledPart", async function (tag, render) {
      const { viewer, headers } = this.request;
      const pageNotices = await app.findPageNotices(viewer);
      const whole = pageNotices.length === 0 ? tag : tagOf(viewer, [tag, pageNotices]);
      this.header("vary", "HX-Request-Type, Cookie").header("hx-ptag", whole);
      if (headers["hx-ptag"] === whole) return this.code(304).send();
      const notices = viewer.user
        ? app.renderFragment("layouts/_page-notices-again", viewer, { pageNotices })
        : "";
      return this.type("text/html; charset=utf-8").send(render() + notices);
    });
    app.decorateReply("leadTo", function (url) {
      if (!this.request.isPartial) return this.redirect(url, 303);
      const shown = shownPage(this.request);
      // Loaded anew, a page stays where it was scrolled to.
      const isShown = shown !== null && `${shown.pathname}${shown.search}` === url;
      return (isShown ? this.header("hx-refresh", "true") : this.header("hx-redirect", url)).send();
    });
    app.decorateReply("leadBackTo", function (url) {
      return this.leadTo(withShownQuery(this.request, url));
    });
  },
  { name: "hypermedia", dependencies: ["page-notices"] },
);
