import fp from "fastify-plugin";
import type { Viewer } from "../viewer/viewer.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** What rooms say to signed-in people above all else on every page; they add to it while the app is built. */
    pageNoticeFinders: FindPageNotices[];
    /** What the viewer is told above all else on every page. */
    findPageNotices: FindPageNotices;
  }
}

/** A sentence above all else on a page, and where it leads, unless what helps is done on the machine. */
export interface PageNotice {
  text: string;
  link?: { url: string; text: string };
}

export type FindPageNotices = (viewer: Viewer) => Promise<PageNotice[]>;

/** What every page says above all else. Its finders are asked for each page: they keep what they have found. */
export default fp(
  async (app) => {
    app.decorate("pageNoticeFinders", []);
    app.decorate("findPageNotices", async (viewer) => {
      if (!viewer.user) return [];
      try {
        const found = await Promise.all(app.pageNoticeFinders.map((find) => find(viewer)));
        return found.flat();
      } catch (error) {
        // The page of an error has to be shown also when the database cannot be read.
        app.log.warn({ err: error }, "What pages say above all else could not be read");
        return [];
      }
    });
  },
  { name: "page-notices" },
);
