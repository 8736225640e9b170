import { createHash } from "node:crypto";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import fastifyStatic from "@fastify/static";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";

declare module "fastify" {
  interface FastifyInstance {
    /** The address of a file of `public/`; it changes when any of them changes. */
    assetUrl(path: string): string;
  }
}

/** Defined in archives: their scripts and style sheets are built. */
declare const POSWATCH_ASSETS_ARE_BUILT: true | undefined;

const PUBLIC_DIRECTORY = join(import.meta.dirname, "../../../public");
const HTMX_VERSION = join(PUBLIC_DIRECTORY, "../node_modules/htmx.org/package.json");
const PICTURES = /\.(svg|png|webmanifest)$/;
const CACHE_CONTROL = "public, max-age=31536000, immutable";
const TYPES = { css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8" };

/** The best compression takes a tenth of a second: too long for every request. */
const compressWell = promisify(brotliCompress);

/**
 * Serves the browser's files. Their addresses contain a hash of all files, so that browsers keep them for good.
 * Scripts and style sheets are built from the sources when a browser first asks for one.
 */
export default fp(
  async (app) => {
    const prefix = `/assets/${hashOfFiles()}/`;
    const compressed = new Map<string, Promise<Buffer>>();
    app.decorate("assetUrl", (path: string) => prefix + path);
    // For `reply.sendFile`.
    await app.register(fastifyStatic, { serve: false });
    await app.register(async (scope) => {
      scope.addHook("onRoute", (route) => {
        route.config = { ...route.config, access: "public" };
      });
      await scope.register(fastifyStatic, {
        root: PUBLIC_DIRECTORY,
        prefix,
        allowedPath: (path) => PICTURES.test(path),
        decorateReply: false,
        index: false,
        maxAge: "1y",
        immutable: true,
      });
      for (const folder of ["css", "js"] as const) {
        scope.get<{ Params: { file: string } }>(`${prefix}${folder}/:file`, async (request, reply) => {
          const path = `${folder}/${request.params.file}`;
          const text = (await readTexts()).get(path);
          if (text === undefined) return reply.callNotFound();
          reply.type(TYPES[folder]).header("cache-control", CACHE_CONTROL);
          if (!takesBrotli(request)) return reply.send(text);
          const content = compressed.get(path) ?? compressWell(text);
          compressed.set(path, content);
          reply.header("content-encoding", "br").header("vary", "accept-encoding");
          return reply.send(await content);
        });
      }
    });
  },
  { name: "assets" },
);

type Texts = ReadonlyMap<string, string>;

/** Of all monitors of this process. */
let texts: Promise<Texts> | null = null;

function readTexts(): Promise<Texts> {
  texts ??= makeTexts();
  return texts;
}

async function makeTexts(): Promise<Texts> {
  if (typeof POSWATCH_ASSETS_ARE_BUILT === "undefined") {
    const { buildAssets } = await import("./build-assets.ts");
    return (await buildAssets()).texts;
  }
  const files = globSync("{css,js}/*", { cwd: PUBLIC_DIRECTORY });
  return new Map(files.map((file) => [file, readFileSync(join(PUBLIC_DIRECTORY, file), "utf8")]));
}

/** Brotli with a quality value does not count. */
function takesBrotli({ headers }: FastifyRequest): boolean {
  const encodings = String(headers["accept-encoding"] ?? "").split(",");
  return encodings.some((encoding) => encoding.trim() === "br");
}

function hashOfFiles(): string {
  const hash = createHash("sha256");
  const paths = readdirSync(PUBLIC_DIRECTORY, { recursive: true, encoding: "utf8" });
  for (const file of paths.filter(extname).sort())
    hash.update(file).update(readFileSync(join(PUBLIC_DIRECTORY, file)));
  if (typeof POSWATCH_ASSETS_ARE_BUILT === "undefined") hash.update(readFileSync(HTMX_VERSION));
  return hash.digest("hex").slice(0, 12);
}
