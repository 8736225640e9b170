import type { Messenger } from "../../notifications/channels/channel.ts";
import { type AskedControls, type Control, type Controls, isAnyWrong, secretControl } from "./controls.ts";
import { BOT_FIELDS, serverUrlOf } from "./read-bot-terms.ts";

const RARE = BOT_FIELDS.slice(BOT_FIELDS.indexOf("baseUrl"));

/** The controls of a channel that has a bot. */
export function botControls(messenger: Messenger, asked: AskedControls): Controls {
  const { t, field, typed, problems, known } = asked;
  const isOwnServer = typed.baseUrl !== undefined && typed.baseUrl !== serverUrlOf(messenger);
  return {
    main: [
      secretControl(asked, "token", t(`channels.hint.token.${messenger}`), known !== null),
      text("chatId", t(`channels.hint.chatId.${messenger}`), { isRequired: true }),
      ...(messenger === "telegram"
        ? [text("topicId", t("channels.hint.topicId"), { inputMode: "numeric" })]
        : [authorities()]),
    ],
    more: {
      summary: t("channels.more.bot"),
      isOpen: isAnyWrong(problems, RARE) || isOwnServer || Boolean(typed.proxy),
      controls: [
        text("baseUrl", t("channels.hint.baseUrl"), { isRequired: true, inputMode: "url" }),
        text("proxy", t(`channels.hint.proxy.${messenger}`), { inputMode: "url" }),
        {
          partial: "pair",
          pair: [
            text("proxyLogin", null, {}),
            secretControl(asked, "proxyPassword", null, known?.proxy?.hasPassword ?? false),
          ],
        },
      ],
    },
  };

  function authorities(): Control {
    const words = { label: t("channels.field.authorities"), hint: t("channels.hint.maxAuthorities") };
    return { partial: "text-area", field: field("authorities", words) };
  }

  function text(
    name: "chatId" | "topicId" | "baseUrl" | "proxy" | "proxyLogin",
    hint: string | null,
    appearance: { isRequired?: boolean; inputMode?: "numeric" | "url" },
  ): Control {
    return {
      partial: "field",
      field: field(name, { label: t(`channels.field.${name}`), hint, ...appearance }),
    };
  }
}
