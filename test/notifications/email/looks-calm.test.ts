import t from "tap";
import { emailHtml } from "../../../src/monitor/notifications/channels/email/compose-email.ts";
import type { MessageText } from "../../../src/monitor/notifications/channels/message.ts";
import { inEitherScheme, launchBrowser, openPage, PHONE } from "../../helpers/browser.ts";
import { lookAt } from "../../helpers/look-at.ts";
import { INCIDENT_TEXT } from "../../helpers/notified-incident.ts";

const WIDTHS = { reader: { viewport: { width: 700, height: 600 } }, phone: PHONE };
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

for (const [where, screen] of Object.entries(WIDTHS)) {
  t.test(`a mail can be read by everybody, ${where}`, async (t) => {
    const page = await openPage(t, await launchBrowser(), { ...screen, bypassCSP: true });
    for (const [name, text] of Object.entries(TEXTS)) {
      await page.setContent(asShown(emailHtml(text, "ru")));
      await inEitherScheme(page, (scheme) => lookAt(t, page, `mail-${name}-${where}-${scheme}`));
    }
  });
}

/** Around a mail is its program. */
function asShown(html: string): string {
  return html.replace(/(<body[^>]*>)([\s\S]*)(<\/body>)/, "$1<main>$2</main>$3");
}
