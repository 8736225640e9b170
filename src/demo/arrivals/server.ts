import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import formbody from "@fastify/formbody";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { Eta } from "eta";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import Type from "typebox";
import { createFormat } from "../../monitor/viewer/format.ts";
import {
  arrivalsPage,
  type LastAnswer,
  type PageContent,
  pageOfMail,
  readView,
  urlOf,
} from "./page-model.ts";

const HOST = "127.0.0.1";
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};
const FOLDER = import.meta.dirname;
const POSWATCH_STYLES = join(FOLDER, "../../../public/css");
const POSWATCH_SHEETS = [
  "tokens.css",
  "base.css",
  "primitives.css",
  "page-heading.css",
  "buttons.css",
  "forms.css",
  "messages.css",
];
const HTMX = join(dirname(createRequire(import.meta.url).resolve("htmx.org")), "htmx.min.js");
const HTTP_FORBIDDEN = 403;
const HTTP_MISDIRECTED = 421;
const OWN_HOSTS = ["127.0.0.1", "localhost"];
const MAX_TEXT_LENGTH = 4096;
const HTTP_SEE_OTHER = 303;
const HTTP_NOT_FOUND = 404;
/** Nothing in a mail runs or is fetched, but its links open. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const Where = { as: Type.Optional(Type.String()), chat: Type.Optional(Type.String()) };
const Press = Type.Object({ ...Where, message: Type.Integer(), button: Type.String() });
const Saying = Type.Object({ ...Where, text: Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH }) });

interface ArrivalsOptions extends PageContent {
  /** IANA name, for the times on the page. */
  timeZone: string;
}

/** Starts a page on 127.0.0.1 that shows what arrived by Telegram and mail; onlookers also use Telegram there. */
export async function startArrivals(options: ArrivalsOptions) {
  const { telegram, mails } = options;
  const eta = new Eta({ views: FOLDER, cache: true, autoTrim: [false, "nl"] });
  const sheets = [...POSWATCH_SHEETS.map((name) => join(POSWATCH_STYLES, name)), join(FOLDER, "page.css")];
  const styles = sheets.map((file) => readFileSync(file, "utf8")).join("\n");
  const htmx = readFileSync(HTMX, "utf8");
  const format = createFormat("ru", options.timeZone);
  const answers = new Map<string, LastAnswer>();

  const server = Fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>();
  server.addHook("onRequest", requireOwnOrigin);
  server.addHook("onRequest", async (_request, reply) => void reply.headers(HEADERS));
  await server.register(formbody);
  server.get("/arrivals.css", async (_request, reply) => reply.type("text/css; charset=utf-8").send(styles));
  server.get("/htmx.min.js", async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(htmx),
  );

  server.get("/", { schema: { querystring: Type.Object(Where) } }, async ({ query }, reply) => {
    const view = readView(options, query);
    const answer = answers.get(view.onlooker.key) ?? null;
    const page = arrivalsPage(format, options, view, answer, Date.now());
    return reply.type("text/html; charset=utf-8").send(eta.render("/page", page));
  });

  server.get(
    "/mails/:id",
    { schema: { params: Type.Object({ id: Type.Integer() }) } },
    async ({ params }, reply) => {
      const mail = mails.mails().find(({ id }) => id === params.id);
      if (!mail?.html) return reply.code(HTTP_NOT_FOUND).send("No such mail");
      reply.type("text/html; charset=utf-8").header("content-security-policy", MAIL_POLICY);
      return pageOfMail(mail.html);
    },
  );

  server.post("/presses", { schema: { body: Press } }, async ({ body }, reply) => {
    const { onlooker, chatId, isPrivate } = readView(options, body);
    const answer = await telegram.press(chatId, body.message, body.button, onlooker.user).catch(() => ({
      text: "Ответа нет. Сообщение уже изменилось, или Poswatch не слушает.",
      isAlert: true,
    }));
    answers.set(onlooker.key, { ...answer, at: Date.now() });
    return reply.redirect(urlOf(onlooker.key, isPrivate), HTTP_SEE_OTHER);
  });

  server.post("/messages", { schema: { body: Saying } }, async ({ body }, reply) => {
    const { onlooker } = readView(options, body);
    telegram.say(onlooker.user.id, body.text, onlooker.user);
    answers.delete(onlooker.key);
    return reply.redirect(urlOf(onlooker.key, true), HTTP_SEE_OTHER);
  });

  const url = await server.listen({ host: HOST, port: 0 });
  return { url, close: () => server.close() };
}

/** Refuses other host names, and forms of other origins. */
async function requireOwnOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (!OWN_HOSTS.includes(request.hostname)) return reply.code(HTTP_MISDIRECTED).send("Not this host");
  if (request.method === "GET" || isFromOwnPage(request)) return undefined;
  return reply.code(HTTP_FORBIDDEN).send("Not from this page");
}

/** Browsers send at least one of both headers. */
function isFromOwnPage({ headers, host }: FastifyRequest): boolean {
  const { origin, "sec-fetch-site": site } = headers;
  if (site !== undefined && site !== "same-origin") return false;
  return origin === undefined ? site !== undefined : origin === `http://${host}`;
}
