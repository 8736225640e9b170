import t from "tap";
import { emailHtml } from "../../../src/monitor/notifications/channels/email/compose-email.ts";
import type { MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { launchBrowser, openPage } from "../../helpers/browser.ts";
import { LOOKED_AT, lookAt } from "../../helpers/look-at.ts";
import { INCIDENT_TEXT } from "../../helpers/notified-incident.ts";

/** Nobody has to do anything. */
const DONE = { list: [], acknowledgement: null };
const TEXTS: Record<string, MessageText> = {
  failing: INCIDENT_TEXT,
  over: { ...INCIDENT_TEXT, ...DONE, sign: "over", title: "Восстановлено за 24 мин" },
  calm: { ...INCIDENT_TEXT, ...DONE, sign: "calm", title: "Проверка канала", footer: null },
  endless: {
    ...INCIDENT_TEXT,
    title: "х".repeat(200),
    paragraphs: ["п".repeat(300)],
    list: [{ name: "о".repeat(200), count: "1 000" }],
    footer: "п".repeat(200),
  },
};

t.test("a mail can be read by everybody", async (t) => {
  const page = await openPage(t, await launchBrowser(), LOOKED_AT);
  for (const [name, text] of Object.entries(TEXTS)) {
    // Around a mail is its program.
    const html = emailHtml(text, "ru").replace(/(<body[^>]*>)([\s\S]*)(<\/body>)/, "$1<main>$2</main>$3");
    await page.setContent(html);
    await lookAt(t, page, `mail-${name}`);
  }
});
