import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import Type from "typebox";
import { createFormat } from "../../monitor/viewer/format.ts";
import type { ButtonAnswer } from "../messengers/telegram-methods.ts";
import type { TelegramSimulator } from "../messengers/telegram-simulator.ts";
import {
  type ArrivalsPage,
  arrivalsPage,
  type LastAnswer,
  type PageContent,
  pageOfMail,
} from "./page-model.ts";
import { readView, urlOf, type View } from "./view.ts";

const MAX_TEXT_LENGTH = 4096;
const HTTP_SEE_OTHER = 303;
const HTTP_NOT_FOUND = 404;
/** Links open beside it; all else of it is neither run nor fetched. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const Where = { as: Type.Optional(Type.String()), chat: Type.Optional(Type.String()) };
const Press = Type.Object({ ...Where, message: Type.Integer(), button: Type.String() });
const Saying = Type.Object({ ...Where, text: Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH }) });

export interface ArrivalsOptions extends PageContent {
  telegram: Pick<TelegramSimulator, "messages" | "press" | "say">;
  /** IANA name, of the times on the page. */
  timeZone: string;
  /** ms UTC. */
  clock: () => number;
  render(page: ArrivalsPage): string;
}

/** The page, the HTML of mails, and what people do in Telegram. */
export const arrivalsRoutes: FastifyPluginAsyncTypebox<ArrivalsOptions> = async (app, options) => {
  const { telegram, mails, timeZone, clock, render } = options;
  const format = createFormat("ru", timeZone);
  const answers = new Map<string, LastAnswer>();

  app.get("/", { schema: { querystring: Type.Object(Where) } }, async ({ query }, reply) => {
    const view = readView(options, query);
    const answer = answers.get(view.onlooker.key) ?? null;
    return reply
      .type("text/html; charset=utf-8")
      .send(render(arrivalsPage(format, options, view, answer, clock())));
  });

  app.get(
    "/mails/:id",
    { schema: { params: Type.Object({ id: Type.Integer() }) } },
    async ({ params }, reply) => {
      const mail = mails.mails().find(({ id }) => id === params.id);
      if (!mail?.html) return reply.code(HTTP_NOT_FOUND).send("No such mail");
      reply.type("text/html; charset=utf-8").header("content-security-policy", MAIL_POLICY);
      return pageOfMail(mail.html);
    },
  );

  app.post("/presses", { schema: { body: Press } }, async ({ body }, reply) => {
    const view = readView(options, body);
    const answer = await press(telegram, view, body.message, body.button);
    answers.set(view.onlooker.key, { ...answer, at: clock() });
    return reply.redirect(urlOf(view.onlooker.key, view.isPrivate), HTTP_SEE_OTHER);
  });

  app.post("/messages", { schema: { body: Saying } }, async ({ body }, reply) => {
    const { onlooker } = readView(options, body);
    telegram.say(onlooker.user.id, body.text, onlooker.user);
    answers.delete(onlooker.key);
    return reply.redirect(urlOf(onlooker.key, true), HTTP_SEE_OTHER);
  });
};

async function press(
  telegram: ArrivalsOptions["telegram"],
  { onlooker, chatId }: View,
  messageId: number,
  button: string,
): Promise<ButtonAnswer> {
  const message = telegram.messages(chatId).find(({ id }) => id === messageId);
  const isThere = message?.buttons.flat().some(({ text }) => text === button);
  if (!isThere) return { text: "Сообщение уже изменилось, этой кнопки под ним нет.", isAlert: true };
  try {
    return await telegram.press(chatId, messageId, button, onlooker.user);
  } catch {
    return { text: "Бот не ответил: Poswatch сейчас не слушает.", isAlert: true };
  }
}
