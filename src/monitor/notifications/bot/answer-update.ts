import type { Db } from "../../database/schema.ts";
import { findIncident } from "../../fleet/incidents/find-incidents.ts";
import { titleOfIncident } from "../../fleet/incidents/incident-in-words.ts";
import { subjectOfIncident } from "../../fleet/incidents/takings-of-incidents.ts";
import { endOwnTaking, type NamedSubject, takeCare } from "../../fleet/take-care.ts";
import { findTakings } from "../../fleet/takings.ts";
import { untilChoices } from "../../fleet/until-choices.ts";
import { hasAnyRight } from "../../viewer/access.ts";
import { presentationFor } from "../../viewer/viewer.ts";
import { DIALECTS } from "../channels/bots/call-bot.ts";
import type { BotUpdate } from "../channels/bots/updates.ts";
import { type BotOfChannels, findBotUser, redeemMessengerCode } from "../registry/messenger-accounts.ts";

export interface KnownBot extends BotOfChannels {
  language: string;
  timeZone: string;
}

type Button = Extract<BotUpdate, { kind: "button" }>;

/** Does at `now` (ms UTC) what somebody asks for by a bot, as far as they may. @returns what the bot says to that, within a few seconds. */
export async function answerUpdate(db: Db, known: KnownBot, update: BotUpdate, now: number) {
  const dialect = DIALECTS[known.messenger];
  if (update.kind === "button") {
    const { text, isAlert } = await press(db, known, update, now);
    return dialect.answerButton(update.callbackId, text, isAlert);
  }
  // In a group a code would be everybody's.
  if (update.kind === "start" && !update.isPrivate) return null;
  return dialect.reply(update.chatId, await answerText(db, known, update, now));
}

async function answerText(db: Db, known: KnownBot, update: Exclude<BotUpdate, Button>, now: number) {
  const { t } = presentationFor(known.language, known.timeZone);
  const isStart = update.kind === "start";
  if (isStart && !(await redeemMessengerCode(db, known, update, now))) return t("bot.wrongCode");
  const user = await findBotUser(db, known, update.from.id);
  if (!user) return t("bot.unknown");
  const said = isStart ? "linked" : "known";
  const { name } = user.actor;
  return t(hasAnyRight(user.access) ? `bot.${said}` : `bot.${said}WithoutRights`, { name });
}

/** @returns what is said to whoever has pressed it; an alert has to be closed. */
async function press(db: Db, known: KnownBot, { data, from }: Button, now: number) {
  const user = await findBotUser(db, known, from.id);
  const [language, zone] = [user?.language ?? known.language, user?.timeZone ?? known.timeZone];
  const { t, format, timeZone } = presentationFor(language, zone);
  const alert = (key: string, values = {}) => ({ text: t(key, values), isAlert: true });
  const note = (key: string, values = {}) => ({ text: t(key, values), isAlert: false });
  if (!user) return alert("bot.linkFirst");
  const incident = data && (await findIncident(db, user.access, data.incidentId));
  if (!incident) return alert("bot.noIncident");
  if (incident.closedAt !== null) return alert("bot.over");
  const { name = null, organizationId = null } = incident.posServer ?? {};
  const subject: NamedSubject = { ...subjectOfIncident(incident), name, organizationId };
  const { current } = await findTakings(db, subject, now);
  const isOwn = current?.userId === user.actor.userId;
  const time = current && format.clock(current.endsAt, now);
  if (current && !isOwn) return alert("bot.takenAlready", { name: current.userName, time });
  if (data.action === "release") {
    if (!current) return note("bot.nobodys");
    await endOwnTaking(db, user.actor, subject, now);
    return note("bot.released");
  }
  if (current) return note("bot.yoursAlready", { time });
  const endsAt = untilChoices(now, timeZone).find(({ isDefault }) => isDefault)?.at ?? now;
  const outcome = await takeCare(db, user.actor, subject, { endsAt, note: null, insteadOf: null }, now);
  if (outcome !== "done") return alert(`taking.problem.${outcome}`);
  const title = titleOfIncident({ t }, incident);
  return note("bot.taken", { title, time: format.clock(endsAt, now) });
}
