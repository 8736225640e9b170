import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import fastifyStatic from "@fastify/static";
import type { FastifyReply, FastifyRequest } from "fastify";
import fp from "fastify-plugin";

declare module "fastify" {
  interface FastifyInstance {
    /** The address of a file of `public/`; it changes when any of them changes. */
    assetUrl(path: string): string;
  }
}

interface AssetsOptions {
  /** Files are read anew for every request, under an address that stays. */
  isDevelopment: boolean;
}

const PUBLIC_DIRECTORY = join(import.meta.dirname, "../../../public");
const HTMX_DIRECTORY = dirname(createRequire(import.meta.url).resolve("htmx.org/dist/htmx.min.js"));
const HTMX_FILES = ["htmx.min.js", "ext/hx-ptag.min.js"];
const SCRIPT_DIRECTORY = join(PUBLIC_DIRECTORY, "js");
/** They come with htmx and what they import in them: a page asks once. */
const PAGE_SCRIPTS = ["poswatch.js", "wall.js"];
/** What remembers something of a page is there once, whoever imports it. */
const IN_PAGE_SCRIPT: Record<string, string> = { "keep-focus.js": "poswatch.js" };
const PICTURES = /\.(svg|png|webmanifest)$/;
const STYLESHEETS = [
  "css/poswatch.css",
  "css/pages.css",
  "css/pos-server-page.css",
  "css/incidents-page.css",
  "css/report-page.css",
  "css/log-viewer-page.css",
  "css/audit-page.css",
  "css/settings-page.css",
  "css/batch-page.css",
  "css/log-search-page.css",
  "css/import-page.css",
  "css/help-page.css",
  "css/about-page.css",
  "css/people-page.css",
  "css/enrolment-page.css",
  "css/log-patterns-page.css",
  "css/wall.css",
];

interface TextAsset {
  path: string;
  type: "text/css; charset=utf-8" | "text/javascript; charset=utf-8";
  read: () => string;
}

/** The best compression takes a tenth of a second: too long for every request. */
const compressWell = promisify(brotliCompress);

/** Serves the browser's files under one address that contains the hash of them all, so that browsers keep them for good. */
export default fp<AssetsOptions>(
  async (app, { isDevelopment }) => {
    const texts = listTexts().map((asset) => ({ ...asset, text: asset.read() }));
    const prefix = `/assets/${isDevelopment ? "development" : hashOf(texts)}/`;
    const cacheControl = isDevelopment ? "no-cache" : "public, max-age=31536000, immutable";
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
        cacheControl: false,
        setHeaders: (reply: FastifyReply) => {
          reply.header("cache-control", cacheControl);
        },
      });
      for (const { path, type, text, read } of texts) {
        let compressed: Promise<Buffer> | null = null;
        scope.get(prefix + path, async (request, reply) => {
          reply.type(type).header("cache-control", cacheControl);
          if (isDevelopment) return reply.send(read());
          if (!takesBrotli(request)) return reply.send(text);
          compressed ??= compressWell(text);
          reply.header("content-encoding", "br").header("vary", "accept-encoding");
          return reply.send(await compressed);
        });
      }
    });
  },
  { name: "assets" },
);

function listTexts(): TextAsset[] {
  return [
    ...STYLESHEETS.map(
      (path): TextAsset => ({
        path,
        type: "text/css; charset=utf-8",
        read: () => readStylesheet(join(PUBLIC_DIRECTORY, path)),
      }),
    ),
    ...readdirSync(SCRIPT_DIRECTORY).map(
      (file): TextAsset => ({
        path: `js/${file}`,
        type: "text/javascript; charset=utf-8",
        read: () => readScript(file),
      }),
    ),
  ];
}

/** Brotli with a quality value does not count. */
function takesBrotli({ headers }: FastifyRequest): boolean {
  const encodings = String(headers["accept-encoding"] ?? "").split(",");
  return encodings.some((encoding) => encoding.trim() === "br");
}

function hashOf(texts: readonly { path: string; text: string }[]): string {
  const hash = createHash("sha256");
  for (const { path, text } of texts) hash.update(path).update(text);
  const pictures = readdirSync(PUBLIC_DIRECTORY, { recursive: true, encoding: "utf8" }).filter((file) =>
    PICTURES.test(file),
  );
  for (const file of pictures.sort()) hash.update(file).update(readFileSync(join(PUBLIC_DIRECTORY, file)));
  return hash.digest("hex").slice(0, 12);
}

const SCRIPT_IMPORT = /^import \{[^}]*\} from "\.\/([^"]+)";$/gm;
const SCRIPT_COMMENT = /\n\s*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)(?=\n)/g;
const IMPORT_LINE = /^@import "(\.\/[^"]+)";$/gm;
const COMMENT = /\/\*[\s\S]*?\*\//g;
const LINE_START = /\n\s*/g;

/** Of a page: htmx, then what it imports, then itself, in one module without comments and indentation. */
function readScript(file: string): string {
  const page = IN_PAGE_SCRIPT[file];
  if (page) return `export * from "./${page}";\n`;
  if (!PAGE_SCRIPTS.includes(file)) return readFileSync(join(SCRIPT_DIRECTORY, file), "utf8");
  const htmx = HTMX_FILES.map((name) => readFileSync(join(HTMX_DIRECTORY, name), "utf8"));
  const parts = [...partsOf(file)].map((name) =>
    readFileSync(join(SCRIPT_DIRECTORY, name), "utf8").replace(SCRIPT_IMPORT, ""),
  );
  return [`(() => {\n${htmx.join("\n")}\nglobalThis.htmx = htmx;\n})();`, ...parts]
    .join("\n")
    .replace(SCRIPT_COMMENT, "\n")
    .replace(LINE_START, "\n");
}

/** A script after all that it imports. */
function partsOf(file: string, known = new Set<string>()): Set<string> {
  const text = readFileSync(join(SCRIPT_DIRECTORY, file), "utf8");
  for (const [, name = ""] of text.matchAll(SCRIPT_IMPORT)) partsOf(name, known);
  return known.add(file);
}

/** Replaces imports by their files, so that browsers ask once, and drops comments and indentation, a fifth of the size. */
function readStylesheet(file: string): string {
  return readFileSync(file, "utf8")
    .replace(IMPORT_LINE, (_line, part: string) => readFileSync(join(dirname(file), part), "utf8"))
    .replace(COMMENT, "")
    .replace(LINE_START, "\n");
}
