import type { Db } from "../../database/schema.ts";
import { findIncident } from "../../fleet/incidents/find-incidents.ts";
import { titleOfIncident } from "../../fleet/incidents/incident-in-words.ts";
import { subjectOfIncident } from "../../fleet/incidents/takings-of-incidents.ts";
import { endOwnTaking, type NamedSubject, takeCare } from "../../fleet/take-care.ts";
import { findTakings } from "../../fleet/takings.ts";
import { untilChoices } from "../../fleet/until-choices.ts";
import { hasAnyRight } from "../../viewer/access.ts";
import { presentationFor } from "../../viewer/viewer.ts";
import type { MessengerBot } from "../channels/bots/call-bot.ts";
import type { BotUpdate } from "../channels/bots/updates.ts";
import { type BotOfChannels, type BotUser, findBotUser, redeemMessengerCode } from "./bot-people.ts";

/** A bot with the language and time zone of its channels. */
export interface KnownBot extends BotOfChannels {
  language: string;
  timeZone: string;
}

type Button = Extract<BotUpdate, { kind: "button" }>;
type Presentation = ReturnType<typeof presentationFor>;

/** What is said to whoever has pressed a button; an alert has to be closed. */
interface ButtonAnswer {
  text: string;
  isAlert: boolean;
}

/** Does at `now` (ms UTC) what somebody asks for by a bot, as far as they may, and says what came of it. */
export async function answerUpdate(
  db: Db,
  known: KnownBot,
  update: BotUpdate,
  bot: MessengerBot,
  now: number,
): Promise<void> {
  if (update.kind === "button") {
    const { text, isAlert } = await press(db, known, update, now);
    await bot.answerButton(update.callbackId, text, isAlert);
    return;
  }
  // In a group a code would be everybody's.
  if (update.kind === "start" && !update.isPrivate) return;
  const { t } = presentationFor(known.language, known.timeZone);
  await bot.reply(update.chatId, await answerText(update));

  async function answerText(update: Exclude<BotUpdate, Button>): Promise<string> {
    if (update.kind === "start") {
      const isLinked = await redeemMessengerCode(db, known, update, now);
      if (!isLinked) return t("bot.wrongCode");
    }
    const user = await findBotUser(db, known, update.from.id);
    if (!user) return t("bot.unknown");
    const said = update.kind === "start" ? "linked" : "known";
    const { name } = user.actor;
    return t(hasAnyRight(user.access) ? `bot.${said}` : `bot.${said}WithoutRights`, { name });
  }
}

async function press(db: Db, known: KnownBot, { data, from }: Button, now: number): Promise<ButtonAnswer> {
  const user = await findBotUser(db, known, from.id);
  const words = presentationFor(user?.language ?? known.language, user?.timeZone ?? known.timeZone);
  if (!user) return { text: words.t("bot.linkFirst"), isAlert: true };
  const incident = data && (await findIncident(db, user.access, data.incidentId));
  if (!incident) return { text: words.t("bot.noIncident"), isAlert: true };
  if (incident.closedAt !== null) return { text: words.t("bot.over"), isAlert: true };
  const subject: NamedSubject = {
    ...subjectOfIncident(incident),
    name: incident.posServer?.name ?? null,
    organizationId: incident.posServer?.organizationId ?? null,
  };
  const title = titleOfIncident(words, incident);
  return data.action === "take"
    ? await take(db, user, subject, title, words, now)
    : await release(db, user, subject, words, now);
}

async function take(
  db: Db,
  { actor }: BotUser,
  subject: NamedSubject,
  title: string,
  { t, format, timeZone }: Presentation,
  now: number,
): Promise<ButtonAnswer> {
  const { current } = await findTakings(db, subject, now);
  if (current) {
    const time = format.clock(current.endsAt, now);
    return current.userId === actor.userId
      ? { text: t("bot.yoursAlready", { time }), isAlert: false }
      : { text: t("bot.takenAlready", { name: current.userName, time }), isAlert: true };
  }
  const endsAt = untilChoices(now, timeZone).find(({ isDefault }) => isDefault)?.at ?? now;
  const outcome = await takeCare(db, actor, subject, { endsAt, note: null, insteadOf: null }, now);
  if (outcome !== "done") return { text: t(`taking.problem.${outcome}`), isAlert: true };
  return { text: t("bot.taken", { title, time: format.clock(endsAt, now) }), isAlert: false };
}

async function release(
  db: Db,
  { actor }: BotUser,
  subject: NamedSubject,
  { t, format }: Presentation,
  now: number,
): Promise<ButtonAnswer> {
  const { current } = await findTakings(db, subject, now);
  if (!current) return { text: t("bot.nobodys"), isAlert: false };
  if (current.userId !== actor.userId) {
    const time = format.clock(current.endsAt, now);
    return { text: t("bot.takenAlready", { name: current.userName, time }), isAlert: true };
  }
  await endOwnTaking(db, actor, subject, now);
  return { text: t("bot.released"), isAlert: false };
}
