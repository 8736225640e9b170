import { createTransport } from "nodemailer";
import type { Test } from "tap";
import { startReceivers } from "../../src/demo/receivers.ts";
import { BOT_TOKEN, DUTY_GROUP } from "../../src/demo/telegram-world.ts";

/** Who gets the messages of the demo, and the page that shows them. */
export async function startTestReceivers(t: Test) {
  const { servers, url, close } = await startReceivers();
  t.teardown(close);

  /** Calls the Bot API. @returns its result. */
  async function callBot(method: string, payload: object): Promise<{ message_id: number }> {
    const response = await fetch(`${servers.telegramUrl}/bot${BOT_TOKEN}/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(payload),
    });
    const answer = (await response.json()) as { ok: boolean; description?: string; result: never };
    if (!answer.ok) throw new Error(answer.description);
    return answer.result;
  }

  return {
    servers,
    url,
    callBot,
    async write(text: string, buttons: object[] = []) {
      const content = { text, parse_mode: "HTML", reply_markup: { inline_keyboard: [buttons] } };
      return (await callBot("sendMessage", { chat_id: DUTY_GROUP.id, ...content })).message_id;
    },
    async mail(mail: { subject: string; text: string; html?: string }) {
      const transport = createTransport({ host: "127.0.0.1", port: servers.smtpPort, ignoreTLS: true });
      await transport.sendMail({ from: "Poswatch <p@demo.example>", to: "smena@demo.example", ...mail });
      transport.close();
    },
    page: async (query = "") => await (await fetch(`${url}/${query}`)).text(),
    async post(path: string, fields: Record<string, string>, headers?: HeadersInit) {
      const sent = { method: "POST", headers: headers ?? { "sec-fetch-site": "same-origin" } };
      return await fetch(url + path, { ...sent, body: new URLSearchParams(fields) });
    },
  };
}
