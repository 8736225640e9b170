import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import { LRUCache } from "lru-cache";
import { withShownQuery } from "./hypermedia.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Takes what a form of this session has left for this page. */
    flashed<T>(kind: FlashKind<T>): T | null;
  }
  interface FastifyReply {
    /** Redirects to a page that shows the result of a form once. */
    flash<T>(url: string, kind: FlashKind<T>, value: T): FastifyReply;
  }
}

export interface FlashKind<T> {
  readonly name: string;
  /** For the type alone. */
  readonly value?: T;
}

const MAX_KEPT = 1_000;
const MAX_AGE_MS = 10 * 60_000;

/** Keeps results of forms in memory until their pages have shown them: a restart loses a sentence at most. */
export default fp(
  async (app) => {
    const kept = new LRUCache<string, { value: unknown; at: number }>({ max: MAX_KEPT });
    const keyOf = (sessionId: number | undefined, path: string, kind: FlashKind<unknown>) =>
      `${sessionId} ${kind.name} ${path}`;

    app.decorateReply("flash", function (url, kind, value) {
      const { sessionId } = this.request.signedInUser();
      kept.set(keyOf(sessionId, pathOf(url), kind), { value, at: app.clock() });
      return this.leadTo(withShownQuery(this.request, url));
    });
    app.decorateRequest("flashed", function <T>(this: FastifyRequest, kind: FlashKind<T>): T | null {
      const key = keyOf(this.viewer.user?.sessionId, pathOf(this.url), kind);
      const found = kept.get(key);
      if (!found || this.isPartial) return null;
      kept.delete(key);
      return app.clock() - found.at > MAX_AGE_MS ? null : (found.value as T);
    });
  },
  { name: "flash", dependencies: ["hypermedia", "sessions"] },
);

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}
