import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { Eta } from "eta";
import Fastify from "fastify";
import Type from "typebox";
import { createFormat } from "../../monitor/viewer/format.ts";
import { createMailSink } from "./mail-sink.ts";

const HOST = "127.0.0.1";
const KEPT_EVENTS = 100;
const MAX_EVENT_BYTES = 256 * 1024;
const HTTP_NO_CONTENT = 204;
const HTTP_NOT_FOUND = 404;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'";
/** Nothing in a mail runs or is fetched, but its links open. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
const FOLDER = import.meta.dirname;
const POSWATCH_STYLES = join(FOLDER, "../../../public/css");
const POSWATCH_SHEETS = ["tokens", "base", "primitives", "page-heading", "messages"];
const HTMX = join(dirname(createRequire(import.meta.url).resolve("htmx.org")), "htmx.min.js");

/** The body of a webhook, as far as the page reads it. */
const Event = Type.Object({ event: Type.String(), title: Type.String() });

/** Takes mail and webhooks on 127.0.0.1, and shows on a page (`url`) what arrived. All of it is in memory. */
export async function startReceivers(ports: { mail: number; messages: number }) {
  const mails = await createMailSink({ port: ports.mail });
  const events: { id: number; title: string; event: string; receivedAt: number; json: string }[] = [];
  let received = 0;
  const eta = new Eta({ views: FOLDER, cache: true, autoTrim: [false, "nl"] });
  const sheets = POSWATCH_SHEETS.map((name) => join(POSWATCH_STYLES, `${name}.css`));
  const styles = [...sheets, join(FOLDER, "page.css")].map((file) => readFileSync(file, "utf8")).join("\n");
  const htmx = readFileSync(HTMX, "utf8");
  const format = createFormat("ru", Intl.DateTimeFormat().resolvedOptions().timeZone);
  const server = Fastify({ forceCloseConnections: true, bodyLimit: MAX_EVENT_BYTES });
  const routes = server.withTypeProvider<TypeBoxTypeProvider>();

  routes.get("/page.css", async (_request, reply) => reply.type("text/css; charset=utf-8").send(styles));
  routes.get("/htmx.min.js", async (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").send(htmx),
  );

  routes.get("/", async (_request, reply) => {
    const now = Date.now();
    const timed = <Message extends { receivedAt: number }>(message: Message) => ({
      ...message,
      time: format.clock(message.receivedAt, now),
    });
    const page = eta.render("/page", {
      mails: mails.mails().map(timed).reverse(),
      events: events.map(timed).reverse(),
    });
    reply.type("text/html; charset=utf-8").header("content-security-policy", POLICY);
    return reply.header("cache-control", "no-store").send(page);
  });

  const params = Type.Object({ id: Type.Integer() });
  routes.get("/mails/:id", { schema: { params } }, async (request, reply) => {
    const mail = mails.mails().find(({ id }) => id === request.params.id);
    if (!mail?.html) return reply.code(HTTP_NOT_FOUND).send("No such mail");
    reply.type("text/html; charset=utf-8").header("content-security-policy", MAIL_POLICY);
    return mail.html.replace(/<head>/i, '<head><base target="_blank">');
  });

  routes.post("/events", { schema: { body: Event } }, async ({ body }, reply) => {
    received += 1;
    const { event, title } = body;
    events.push({ id: received, event, title, receivedAt: Date.now(), json: JSON.stringify(body, null, 2) });
    if (events.length > KEPT_EVENTS) events.shift();
    return reply.code(HTTP_NO_CONTENT).send();
  });

  const url = await server.listen({ host: HOST, port: ports.messages });
  return {
    url,
    smtpPort: mails.port,
    async close(): Promise<void> {
      await Promise.all([server.close(), mails.close()]);
    },
  };
}
