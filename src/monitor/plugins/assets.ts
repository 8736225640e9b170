import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import fastifyStatic from "@fastify/static";
import fp from "fastify-plugin";

declare module "fastify" {
  interface FastifyInstance {
    /** The address of a file of `public/`, or of htmx as `htmx/…`; it changes when any of them changes. */
    assetUrl(path: string): string;
  }
}

const PUBLIC_DIRECTORY = join(import.meta.dirname, "../../../public");
const HTMX_DIRECTORY = dirname(createRequire(import.meta.url).resolve("htmx.org"));
const HTMX_FILES = ["htmx.min.js", "ext/hx-ptag.min.js"];
const PUBLIC_FILES = /\.(css|js|svg|png|webmanifest)$/;

/** Serves the browser's files under one address that holds the hash of them all, for browsers to keep for good. */
export default fp(
  async (app) => {
    const prefix = `/assets/${hashFiles()}/`;
    app.decorate("assetUrl", (path: string) => prefix + path);
    const options = { decorateReply: false, index: false, immutable: true, maxAge: "1y" } as const;
    await app.register(async (scope) => {
      scope.addHook("onRoute", (route) => {
        route.config = { ...route.config, access: "public" };
      });
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
    });
  },
  { name: "assets" },
);

function hashFiles(): string {
  const hash = createHash("sha256");
  for (const file of HTMX_FILES) hash.update(readFileSync(join(HTMX_DIRECTORY, file)));
  const files = readdirSync(PUBLIC_DIRECTORY, { recursive: true, encoding: "utf8" }).filter((file) =>
    PUBLIC_FILES.test(file),
  );
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(PUBLIC_DIRECTORY, file)));
  return hash.digest("hex").slice(0, 12);
}
