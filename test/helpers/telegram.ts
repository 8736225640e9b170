import { createTelegramSimulator, type SimulatedCall } from "../../src/demo/messengers/telegram-simulator.ts";
import type { BotConnection } from "../../src/monitor/notifications/channels/bots/call-bot.ts";
import type { BotTarget } from "../../src/monitor/notifications/channels/bots/dialect.ts";
import { answerWith, type BotBehaviour, createBotFaults } from "./bot-faults.ts";
import type { Owner } from "./owner.ts";

export const TOKEN = "7000000001:AAE_the-token-of-a-bot_0123456789";

/** Chats that there are from the start: a supergroup with an open topic 7 and a closed topic 8, and a person. */
export const GROUP_ID = -1001234567890;
export const ANNA = { id: 501, firstName: "Анна", lastName: "Иванова", username: "anna" };

/** Starts a simulated Telegram that ends with the test, and may misbehave. */
export async function startTelegram(t: Owner, port = 0) {
  const { intercept, ...faults } = createBotFaults<SimulatedCall>();
  const simulator = await createTelegramSimulator({ token: TOKEN, port, intercept });
  t.teardown(() => simulator.close());
  const topics = { 7: "open", 8: "closed" } as const;
  simulator.addChat({ id: GROUP_ID, kind: "supergroup", title: "Дежурные", username: "duty_group", topics });
  simulator.addChat({ id: ANNA.id, kind: "private", title: "Анна Иванова" });
  return {
    ...simulator,
    ...faults,
    /** How to reach it, and the group or another chat by it. */
    channel: (target?: Partial<BotTarget>): BotConnection & { target: BotTarget } => ({
      kind: "telegram",
      server: { baseUrl: simulator.url },
      secrets: { token: TOKEN, proxy: "" },
      target: { chatId: String(GROUP_ID), topicId: null, ...target },
    }),
  };
}

/** Refuses as the Bot API does. */
export function refuseWith(
  code: number,
  description: string,
  parameters?: Record<string, unknown>,
): BotBehaviour {
  return answerWith(code, JSON.stringify({ ok: false, error_code: code, description, parameters }));
}

/** Says that all went well, with whatever result. */
export function resultOf(result: unknown): BotBehaviour {
  return answerWith(200, JSON.stringify({ ok: true, result }));
}
