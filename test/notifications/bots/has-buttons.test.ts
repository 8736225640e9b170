import t from "tap";
import { DIALECTS } from "../../../src/monitor/notifications/channels/bots/call-bot.ts";
import { createBotSend } from "../../../src/monitor/notifications/channels/bots/send-by-bot.ts";
import type { IncidentFacts, MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { BOTS } from "../../helpers/bots.ts";
import { INCIDENT_FACTS, OPEN, toldIncident } from "../../helpers/notified-incident.ts";

const { signal } = new AbortController();
const RELEASE = { text: "Снять с себя", action: "release", url: null } as const;

for (const { kind, start } of BOTS) {
  t.test(`${kind}: one row has «Занимаюсь» and «Открыть»`, async (t) => {
    const bot = await start(t);
    const send = createBotSend(bot.channel());
    const shown = async (
      text: Partial<MessageText> = {},
      incident: IncidentFacts | null = INCIDENT_FACTS,
    ) => {
      t.match(await send(toldIncident({ incident }, text), signal), { ok: true });
      return bot.messages().at(-1)?.buttons;
    };
    const take = { text: "Занимаюсь", data: "take:118" };
    t.strictSame(await shown(), [take, OPEN]);
    t.strictSame(await shown({ open: null }), [take]);
    t.strictSame(await shown({ acknowledgement: null }), [OPEN]);
    t.strictSame(await shown({ open: null, acknowledgement: null }), []);
    const release = { text: "Снять с себя", data: "release:118" };
    t.strictSame(await shown({ acknowledgement: RELEASE }), [release, OPEN]);
    t.strictSame(await shown({}, null), [OPEN]);
    const long = { text: "слово\n".repeat(50), url: OPEN.url };
    const [{ text = "" } = {}] = (await shown({ open: long, acknowledgement: null })) ?? [];
    t.ok(text.length <= 128 && text.endsWith("слово слово…"), text);
  });

  t.test(`${kind}: a link that is none of the web, or leads nowhere else, is no button`, async (t) => {
    const bot = await start(t);
    const send = createBotSend(bot.channel());
    for (const url of ["http://localhost/", "http://poswatch/", "ftp://poswatch.ru/", "javascript:1", ""]) {
      await send(toldIncident({}, { open: { text: "Открыть", url }, acknowledgement: null }), signal);
      const message = bot.messages().at(-1);
      t.strictSame(message?.buttons, [], url);
      t.match(message?.text, `Открыть: ${url}`.trim(), "it is written instead");
    }
  });
}

t.test("each messenger takes buttons for some hosts", async (t) => {
  const hosts = {
    telegram: {
      taken: "poswatch.example 10.0.0.5:8080 status.кафе.рф poswatch.local",
      refused: "localhost:8080 poswatch 127.0.0.1:8080 0.0.0.1 [::1] [2001:db8::1] pos.localhost localhost.",
    },
    max: {
      taken: "poswatch.ru 10.0.0.5:8080 127.0.0.1:8080 [::1] status.кафе.рф",
      refused:
        "localhost:8080 poswatch poswatch.local poswatch.LAN. pos.internal poswatch.example localhost.",
    },
  };
  for (const { kind } of BOTS) {
    const { taken, refused } = hosts[kind];
    const isTaken = (url: string) => DIALECTS[kind].isButtonUrl(new URL(url));
    for (const host of taken.split(" ")) t.ok(isTaken(`https://${host}/incidents/12`), `${kind}: ${host}`);
    for (const host of refused.split(" "))
      t.notOk(isTaken(`https://${host}/incidents/12`), `${kind}: ${host}`);
  }
  t.notOk(DIALECTS.max.isButtonUrl(new URL(`https://poswatch.ru/${"a".repeat(2048)}`)));
});
