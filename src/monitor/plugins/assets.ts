import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyReply } from "fastify";
import fp from "fastify-plugin";
import { readStylesheet } from "./stylesheet.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** The address of a file of `public/`, or of htmx as `htmx/…`; it changes when any of them changes. */
    assetUrl(path: string): string;
  }
}

export interface AssetsOptions {
  /** Files are read anew for every request, under an address that stays. */
  isDevelopment: boolean;
}

const PUBLIC_DIRECTORY = join(import.meta.dirname, "../../../public");
const HTMX_DIRECTORY = dirname(createRequire(import.meta.url).resolve("htmx.org"));
const HTMX_FILES = ["htmx.min.js", "ext/hx-ptag.min.js"];
const PUBLIC_FILES = /\.(js|svg|png|webmanifest)$/;
const STYLESHEETS = [
  "css/poswatch.css",
  "css/pos-server-page.css",
  "css/log-viewer-page.css",
  "css/audit-page.css",
  "css/settings-page.css",
  "css/import-page.css",
  "css/help-page.css",
  "css/people-page.css",
  "css/log-patterns-page.css",
  "css/wall.css",
];

/** Serves the browser's files under one address that holds the hash of them all, for browsers to keep for good. */
export default fp<AssetsOptions>(
  async (app, { isDevelopment }) => {
    const read = (stylesheet: string) => readStylesheet(join(PUBLIC_DIRECTORY, stylesheet));
    const stylesheets = new Map(STYLESHEETS.map((stylesheet) => [stylesheet, read(stylesheet)]));
    const prefix = `/assets/${isDevelopment ? "development" : hashFiles([...stylesheets.values()])}/`;
    const cacheControl = isDevelopment ? "no-cache" : "public, max-age=31536000, immutable";
    app.decorate("assetUrl", (path: string) => prefix + path);
    await app.register(async (scope) => {
      scope.addHook("onRoute", (route) => {
        route.config = { ...route.config, access: "public" };
      });
      const options = {
        decorateReply: false,
        index: false,
        cacheControl: false,
        setHeaders: (reply: FastifyReply) => {
          reply.header("cache-control", cacheControl);
        },
      } as const;
      await scope.register(fastifyStatic, {
        ...options,
        root: HTMX_DIRECTORY,
        prefix: `${prefix}htmx/`,
        allowedPath: (path) => HTMX_FILES.includes(path.replace(/^\//, "")),
      });
      await scope.register(fastifyStatic, {
        ...options,
        root: PUBLIC_DIRECTORY,
        prefix,
        allowedPath: (path) => PUBLIC_FILES.test(path),
      });
      for (const [stylesheet, text] of stylesheets) {
        scope.get(prefix + stylesheet, async (_request, reply) =>
          reply
            .type("text/css; charset=utf-8")
            .header("cache-control", cacheControl)
            .send(isDevelopment ? read(stylesheet) : text),
        );
      }
    });
  },
  { name: "assets" },
);

function hashFiles(stylesheets: string[]): string {
  const hash = createHash("sha256");
  for (const stylesheet of stylesheets) hash.update(stylesheet);
  for (const file of HTMX_FILES) hash.update(readFileSync(join(HTMX_DIRECTORY, file)));
  const files = readdirSync(PUBLIC_DIRECTORY, { recursive: true, encoding: "utf8" }).filter((file) =>
    PUBLIC_FILES.test(file),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(PUBLIC_DIRECTORY, file)));
  return hash.digest("hex").slice(0, 12);
}
