import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { LRUCache } from "lru-cache";

declare module "fastify" {
  interface FastifyRequest {
    /** What a form of this session has left to be told on this page: once. */
    toldOnce<T>(kind: ToldKind<T>): T | null;
  }
  interface FastifyReply {
    /** Leads to a page that tells once how the form ended: the page has an address of its own, which can be loaded again. */
    tellOnce<T>(url: string, kind: ToldKind<T>, told: T): FastifyReply;
  }
}

/** One kind of what is told, by which the page knows it again. */
export interface ToldKind<T> {
  readonly name: string;
  /** For the type alone. */
  readonly told?: T;
}

const MAX_KEPT = 1_000;
const MAX_AGE_MS = 10 * 60_000;

/** Keeps in memory what forms have answered until their pages have told it: a restart forgets no more than a sentence. */
export default fp(
  async (app) => {
    const kept = new LRUCache<string, { told: unknown; at: number }>({ max: MAX_KEPT });
    const keyOf = (sessionId: number | undefined, path: string, kind: ToldKind<unknown>) =>
      `${sessionId} ${kind.name} ${path}`;

    app.decorateReply("tellOnce", function (url, kind, told) {
      const { sessionId } = this.request.signedInUser();
      kept.set(keyOf(sessionId, pathOf(url), kind), { told, at: app.clock() });
      return this.leadBackTo(url);
    });
    app.decorateRequest("toldOnce", function <T>(this: FastifyRequest, kind: ToldKind<T>): T | null {
      const key = keyOf(this.viewer.user?.sessionId, pathOf(this.url), kind);
      const found = kept.get(key);
      if (!found || this.isPartial) return null;
      kept.delete(key);
      return app.clock() - found.at > MAX_AGE_MS ? null : (found.told as T);
    });
  },
  { name: "told-once", dependencies: ["hypermedia", "sessions"] },
);

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}
