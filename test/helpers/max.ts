import { chatIdOfUser } from "../../src/monitor/notifications/channels/max/address.ts";
import type { MaxServer } from "../../src/monitor/notifications/channels/max/connection.ts";
import type { MaxChannel } from "../../src/monitor/notifications/channels/max/send-max.ts";
import { answerWith, type BotBehaviour, type BotFaults, createBotFaults } from "./bot-faults.ts";
import type { Owner } from "./owner.ts";
import { createMaxSimulator, type MaxSimulatedCall, type MaxSimulator } from "./simulated-max/simulator.ts";

export const TOKEN = "f9LHodD0cOI_the-token-of-a-bot_0123456789";

/** Chats that there are from the start: a group, and a dialog with a person. */
export const GROUP_ID = -70_000_000_000_005;
export const ANNA = { id: 501, firstName: "Анна", lastName: "Иванова", username: "anna" };
/** Anna as the target of a channel. */
export const TO_ANNA = { chatId: chatIdOfUser(ANNA.id) };

/** A link to Poswatch for which MAX takes a button. */
export const OPEN = { text: "Открыть", url: "https://poswatch.ru/incidents/12" };

/** What is different about a channel. */
export interface MaxChannelChanges {
  chatId?: string;
  server?: Partial<MaxServer>;
}

export interface TestMax extends MaxSimulator, Omit<BotFaults<MaxSimulatedCall>, "intercept"> {
  /** The number of the dialog with Anna. */
  dialogId: number;
  /** How to reach it, and the group or another chat by it. */
  channel(changes?: MaxChannelChanges): MaxChannel;
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
    channel: ({ chatId = String(GROUP_ID), server } = {}) => ({
      server: { baseUrl: simulator.url, authorities: "", ...server },
      secrets: { token: TOKEN, proxy: "" },
      target: { chatId },
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
