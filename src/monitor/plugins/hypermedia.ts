import { hash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Viewer } from "../viewer/viewer.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** htmx asks for a part of the page. */
    isPartial: boolean;
  }
  interface FastifyReply {
    /** With the notices of every page; 304 when the browser already shows this tag. @param render called only for a change. */
    polledPart(tag: string, render: () => string): Promise<FastifyReply>;
    /** Leads the browser to a page after a form was carried out, also from the dialog. */
    leadTo(url: string): FastifyReply;
    /** Like `leadTo`, but a page that the browser shows keeps its query, and a list that has a row for it stays. */
    leadBackTo(url: string): FastifyReply;
  }
}

/** A hash of everything that a viewer is shown, with the exact time of an age, which the browser counts on. */
export function tagOf({ language, timeZone }: Pick<Viewer, "language" | "timeZone">, shown: unknown): string {
  return hash("sha1", JSON.stringify([language, timeZone, shown]), "base64url");
}

/** Our page that the browser shows, according to htmx, or to the browser for a form; null when it is unknown. */
export function shownPage({ headers, host }: FastifyRequest): URL | null {
  const shown = URL.parse(String(headers["hx-current-url"] ?? headers.referer ?? ""));
  return shown?.host === host ? shown : null;
}

/** @returns `url` with the query of the page that the browser shows, where that is this one. */
export function withShownQuery(request: FastifyRequest, url: string): string {
  const shown = shownPage(request);
  return shown?.pathname === url ? `${url}${shown.search}` : url;
}

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
      // A reloaded page keeps its scroll position.
      const isShown = shown !== null && `${shown.pathname}${shown.search}` === url;
      return (isShown ? this.header("hx-refresh", "true") : this.header("hx-redirect", url)).send();
    });
    app.decorateReply("leadBackTo", function (url) {
      const shown = shownPage(this.request);
      const isList = shown !== null && shown.pathname !== "/" && url.startsWith(`${shown.pathname}/`);
      if (isList && this.request.isPartial) return this.header("hx-trigger", "stayed").send("");
      return this.leadTo(withShownQuery(this.request, isList ? shown.pathname : url));
    });
  },
  { name: "hypermedia", dependencies: ["page-notices"] },
);
