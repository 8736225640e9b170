import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { request } from "undici";
import { parseJson } from "../../../../protocol/parse-json.ts";
import type { Way } from "../bots/call-bot.ts";
import { BotCallError } from "../bots/call-error.ts";
import { readRetryAfter, readText } from "../bots/read-answer.ts";

const HTTP_TOO_MANY = 429;
const HTTP_SERVER_ERROR = 500;

const Answer = Type.Union([
  Type.Object({ ok: Type.Literal(true), result: Type.Unknown() }),
  Type.Object({
    ok: Type.Literal(false),
    error_code: Type.Integer(),
    description: Type.String(),
    parameters: Type.Optional(
      Type.Object({
        retry_after: Type.Optional(Type.Number({ minimum: 0 })),
        migrate_to_chat_id: Type.Optional(Type.Integer()),
      }),
    ),
  }),
]);
type Answer = Static<typeof Answer>;

const answers = Compile(Answer);

/**
 * Posts JSON to a Bot API; redirects are not followed.
 * @returns its answer, which may be a refusal. @throws BotCallError when it is none, besides the errors of undici.
 */
export async function fetchAnswer(
  url: string,
  body: string,
  { dispatcher, maxAnswerBytes, signal }: Way,
): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const response = await request(url, { method: "POST", dispatcher, headers, body, signal });
  const answer = parseJson(await readText(response.body, maxAnswerBytes));
  if (answers.Check(answer)) return answer;

  const { statusCode } = response;
  if (statusCode === HTTP_TOO_MANY)
    throw new BotCallError(
      "rate_limited",
      `HTTP ${statusCode}`,
      readRetryAfter(response.headers["retry-after"]),
    );
  if (statusCode >= HTTP_SERVER_ERROR) throw new BotCallError("server_error", `HTTP ${statusCode}`);
  throw new BotCallError("invalid_answer", `HTTP ${statusCode}, and no answer of a Bot API`);
}
