import { randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";

/** Of one owner. */
const MAX_PAGES = 20;

/** A page as bytes: its head with the token of this request, and the rest, which is the same for all. */
export interface KeptPage {
  head: Buffer;
  rest: Buffer;
}

/** Rendered pages that differ from request to request in nothing but the CSRF token of their forms. */
export interface KeptPages {
  /** Gives the page with this token; `render` is called with a stand-in for the token when it is not kept yet. */
  page(
    owner: object,
    key: string,
    csrfToken: string,
    render: (csrfToken: string) => Promise<string>,
  ): Promise<KeptPage>;
}

/** What is kept of a page: the text before the last token, with the stand-in, and the bytes after it. */
interface Kept {
  head: string;
  rest: Buffer;
}

/** Pages are kept for as long as their owner lives: what they show goes when it goes. */
export function createKeptPages(): KeptPages {
  const standIn = `csrf-${randomBytes(16).toString("hex")}`;
  const kept = new WeakMap<object, LRUCache<string, Kept>>();

  return {
    async page(owner, key, csrfToken, render) {
      const pages = kept.get(owner) ?? new LRUCache<string, Kept>({ max: MAX_PAGES });
      kept.set(owner, pages);
      let page = pages.get(key);
      if (!page) {
        page = afterLast(standIn, await render(standIn));
        pages.set(key, page);
      }
      return { head: Buffer.from(page.head.replaceAll(standIn, csrfToken)), rest: page.rest };
    },
  };
}

function afterLast(standIn: string, html: string): Kept {
  const at = html.lastIndexOf(standIn) + standIn.length;
  return { head: html.slice(0, at), rest: Buffer.from(html.slice(at)) };
}
