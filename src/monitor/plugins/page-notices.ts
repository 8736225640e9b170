import fp from "fastify-plugin";
import type { Viewer } from "../viewer/viewer.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Rooms add to it while the app is built. */
    pageNoticeFinders: FindPageNotices[];
    findPageNotices: FindPageNotices;
  }
}

/** A sentence at the top of a page; the link is left out when help is only possible on the machine. */
interface PageNotice {
  text: string;
  link?: { url: string; text: string };
}

export type FindPageNotices = (viewer: Viewer) => Promise<PageNotice[]>;

/** Notices at the top of every page for signed-in users. Finders are called for each page, so they keep what they found. */
export default fp(
  async (app) => {
    app.decorate("pageNoticeFinders", []);
    app.decorate("findPageNotices", async (viewer) => {
      if (!viewer.user) return [];
      try {
        const found = await Promise.all(app.pageNoticeFinders.map((find) => find(viewer)));
        return found.flat();
      } catch (error) {
        // The page of an error must be shown even if the database cannot be read.
        app.log.warn({ err: error }, "What pages say above all else could not be read");
        return [];
      }
    });
  },
  { name: "page-notices" },
);
