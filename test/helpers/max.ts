import type { BotConnection } from "../../src/monitor/notifications/channels/bots/call-bot.ts";
import type { BotTarget } from "../../src/monitor/notifications/channels/bots/dialect.ts";
import { answerWith, type BotBehaviour, type BotFaults, createBotFaults } from "./bot-faults.ts";
import type { Owner } from "./owner.ts";
import { createMaxSimulator, type MaxSimulatedCall, type MaxSimulator } from "./simulated-max/simulator.ts";

export const TOKEN = "f9LHodD0cOI_the-token-of-a-bot_0123456789";

/** Chats that there are from the start: a group, and a dialog with a person. */
export const GROUP_ID = -70_000_000_000_005;
export const ANNA = { id: 501, firstName: "Анна", lastName: "Иванова", username: "anna" };

export interface TestMax extends MaxSimulator, Omit<BotFaults<MaxSimulatedCall>, "intercept"> {
  /** The number of the dialog with Anna. */
  dialogId: number;
  /** How to reach it, and the group or another chat by it. */
  channel(target?: BotTarget): BotConnection & { target: BotTarget };
}

/** Starts a simulated MAX that ends with the test, and may misbehave. */
export async function startMax(t: Owner, port = 0): Promise<TestMax> {
  const { intercept, ...faults } = createBotFaults<MaxSimulatedCall>();
  const simulator = await createMaxSimulator({ token: TOKEN, port, intercept });
  t.teardown(() => simulator.close());
  simulator.addChat({ id: GROUP_ID, title: "Дежурные" });
  return {
    ...simulator,
    ...faults,
    dialogId: simulator.dialogWith(ANNA).id,
    channel: (target = { chatId: String(GROUP_ID) }) => ({
      ...{ kind: "max", server: { baseUrl: simulator.url }, secrets: { token: TOKEN, proxy: "" }, target },
    }),
  };
}

/** Refuses as MAX does. */
export function refuseWith(
  status: number,
  code: string,
  message: string,
  headers?: Record<string, string>,
): BotBehaviour {
  return answerWith(status, JSON.stringify({ code, message }), headers);
}

/** Says that all went well, with whatever result. */
export function resultOf(result: unknown): BotBehaviour {
  return answerWith(200, JSON.stringify(result));
}
