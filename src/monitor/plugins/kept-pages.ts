import { randomBytes } from "node:crypto";
import { LRUCache } from "lru-cache";

const MAX_PAGES_OF_OWNER = 20;

/** The text up to the last CSRF token, with stand-ins for all tokens, and the bytes after it. */
interface KeptPage {
  head: string;
  rest: Buffer;
}

/** For requests that differ only in the CSRF token, while `owner` lives. @returns a function that gives the page in two parts. */
export function createKeptPages() {
  const standIn = `csrf-${randomBytes(16).toString("hex")}`;
  const kept = new WeakMap<object, LRUCache<string, KeptPage>>();

  return async (
    owner: object,
    key: string,
    csrfToken: string,
    render: (csrfToken: string) => Promise<string>,
  ): Promise<Buffer[]> => {
    const pages = kept.get(owner) ?? new LRUCache<string, KeptPage>({ max: MAX_PAGES_OF_OWNER });
    kept.set(owner, pages);
    let page = pages.get(key);
    if (!page) {
      const html = await render(standIn);
      const end = html.lastIndexOf(standIn) + standIn.length;
      page = { head: html.slice(0, end), rest: Buffer.from(html.slice(end)) };
      pages.set(key, page);
    }
    return [Buffer.from(page.head.replaceAll(standIn, csrfToken)), page.rest];
  };
}
