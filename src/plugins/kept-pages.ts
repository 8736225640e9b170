import { randomBytes } from "node:crypto";

const MAX_PAGES = 20;

/** Rendered pages that differ from request to request in nothing but the CSRF token of their forms. */
export interface KeptPages {
  /** Gives the page with this token; `render` is called with a stand-in for the token when it is not kept yet. */
  page(
    owner: object,
    key: string,
    csrfToken: string,
    render: (csrfToken: string) => Promise<string>,
  ): Promise<Buffer>;
}

/** Pages are kept as bytes for as long as their owner lives: what they show goes when it goes. */
export function createKeptPages(): KeptPages {
  const standIn = `csrf-${randomBytes(16).toString("hex")}`;
  const kept = new WeakMap<object, Map<string, Buffer[]>>();

  return {
    async page(owner, key, csrfToken, render) {
      const pages = kept.get(owner) ?? new Map<string, Buffer[]>();
      kept.set(owner, pages);
      let parts = pages.get(key);
      if (!parts) {
        parts = (await render(standIn)).split(standIn).map((part) => Buffer.from(part));
        if (pages.size < MAX_PAGES) pages.set(key, parts);
      }
      const token = Buffer.from(csrfToken);
      return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [token, part])));
    },
  };
}
