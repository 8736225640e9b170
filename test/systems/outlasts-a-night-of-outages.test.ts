import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FastifyReply } from "fastify";
import t, { type Test } from "tap";
import { DATABASE_FILE } from "../../src/monitor/database/data-folder.ts";
import { openDatabase } from "../../src/monitor/database/open.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { startMonitor } from "../helpers/app.ts";
import { answerWith, closeConnection } from "../helpers/bot-faults.ts";
import { BOTS } from "../helpers/bots.ts";
import { createClock, START } from "../helpers/clock.ts";
import { makeFolder } from "../helpers/folder.ts";
import { addChannel, addRule } from "../helpers/notifications.ts";
import { createRandom } from "../helpers/random.ts";
import { listenSmtp } from "../helpers/scripted-smtp.ts";
import type { Step } from "../helpers/steered-monitor.ts";
import { listenWebhook } from "../helpers/webhook-server.ts";

const NIGHT_MINUTES = 300;
/** In which all works again. */
const MORNING_MINUTES = 90;
const KILLED_EVERY_MINUTES = 65;
/** Each channel is surely away for so long, one after the other. */
const OUTAGE_MINUTES = 45;
/** Real time: what hangs gives up before the clock, which runs ahead, has gone on for long. */
const HANGS_MS = 40;
/** What lasts for so long is told of by all channels. */
const TOLD_AFTER_MS = 12 * MINUTE_MS;

interface Notified {
  id: string;
  /** What is told of one incident has the same. */
  thread: string;
  text: string;
}

/** It can misbehave in several ways. */
interface Receiver {
  ways: readonly string[];
  /** null = all is well. */
  misbehave(way: string | null): void;
  /** What was told there, as people or programs read it now, the newest last. */
  told(): Notified[];
}

t.test("a night of outages loses nothing, tells nothing twice, and says who is silent", async (t) => {
  const seed = Number(process.env.SEED ?? 28);
  const random = createRandom(seed);
  t.comment(`SEED=${seed}`);
  const dataDir = makeFolder(t);
  const receivers: Record<string, Receiver> = {};
  const names = await prepare(t, dataDir, receivers);
  const kinds = Object.keys(receivers);
  let monitor = await startSteered(t, dataDir, START);
  const failing = new Map<number, boolean>(names.map((_, index) => [index, false]));
  const away = new Map<string, number>();

  for (let minute = 1; minute <= NIGHT_MINUTES + MORNING_MINUTES; minute++) {
    const isNight = minute <= NIGHT_MINUTES;
    const at = START + minute * MINUTE_MS;
    const reports: Step["reports"] = [];
    for (const [index, isFailing] of failing) {
      if (!isNight || !random.chance(isFailing ? 0.01 : 0.004)) continue;
      failing.set(index, !isFailing);
      const error = isFailing ? null : `беда ${names[index]}`;
      reports.push({ id: index + 1, error });
    }
    const sure = kinds[Math.floor((minute - 30) / OUTAGE_MINUTES)];
    for (const kind of kinds) {
      const until = away.get(kind) ?? 0;
      const begins = isNight && until <= minute && (kind === sure || random.chance(0.01));
      const receiver = receivers[kind];
      if (begins) {
        away.set(kind, minute + (kind === sure ? OUTAGE_MINUTES : 5 + Math.floor(random.next() * 60)));
        receiver?.misbehave(random.pick(receiver.ways) ?? null);
      } else if (until === minute || minute === NIGHT_MINUTES + 1) receiver?.misbehave(null);
    }
    const isKilled = isNight && minute % KILLED_EVERY_MINUTES === 0;
    const said = answerOf(monitor, isKilled ? "begun" : "done");
    monitor.send({ at, reports } satisfies Step);
    await said;
    if (!isKilled) continue;
    monitor.kill("SIGKILL");
    await once(monitor, "exit");
    monitor = await startSteered(t, dataDir, at);
    const again = answerOf(monitor, "done");
    monitor.send({ at, reports } satisfies Step);
    await again;
  }
  monitor.kill();
  await once(monitor, "exit");

  const { db, sqlite } = openDatabase(join(dataDir, DATABASE_FILE));
  t.same(sqlite.prepare("select id from delivery where finished_at is null").all(), [], "nothing waits");
  const spans = await db
    .selectFrom("incident")
    .select(["posServerId as id", "openedAt", "quietAt", "closedAt", "reopenings"])
    .execute();
  for (const [kind, { told }] of Object.entries(receivers)) {
    for (const [index, name] of names.entries()) {
      const known = told().filter(({ text }) => text.includes(name));
      const ids = known.map(({ id }) => id);
      const own = spans.filter(({ id }) => id === index + 1);
      const lasting = own.filter(({ closedAt }) => closedAt === null).length;
      const last = new Map(known.map(({ thread, text }) => [thread, text]));
      const open = [...last.values()].filter((text) => !/восстановлено|^✅/i.test(text)).length;
      t.equal(open, lasting, `${kind}: ${lasting} incidents of ${name} last`);
      t.equal(new Set(ids).size, ids.length, `${kind}: ${name} is told once each`);
      const long = own.filter(
        ({ reopenings, openedAt, quietAt }) =>
          reopenings === 0 && (quietAt ?? Infinity) - openedAt >= TOLD_AFTER_MS,
      );
      t.ok(last.size >= long.length, `${kind}: of ${name} ${long.length} are told, and ${last.size} were`);
    }
    const notices = sqlite.prepare(
      "select count(*) from delivery join channel on channel.id = about_channel_id where delivery.kind = 'channel' and outcome = 'sent' and channel.kind = ?",
    );
    t.ok(Number(notices.pluck().get(kind)) > 0, `it was said that ${kind} was silent`);
  }
  await db.destroy();
});

/** Waits until it says a word. @throws Error when it ends instead. */
async function answerOf(child: ChildProcess, word: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hear = (said: unknown) => said === word && resolve();
  const end = (code: number | null) => reject(new Error(`the monitor ended with ${code}`));
  child.on("message", hear).once("close", end);
  await promise.finally(() => child.off("message", hear).off("close", end));
}

async function startSteered(t: Test, dataDir: string, at: number): Promise<ChildProcess> {
  const program = join(import.meta.dirname, "../helpers/steered-monitor.ts");
  const child = fork(program, { env: { ...process.env, DATA_DIR: dataDir, AT: String(at) } });
  t.teardown(() => child.kill("SIGKILL"));
  await answerOf(child, "ready");
  return child;
}

/** Makes the chain and its channels. @returns the names of its POS servers, whose ids count from 1. */
async function prepare(t: Test, dataDir: string, receivers: Record<string, Receiver>): Promise<string[]> {
  const monitor = await startMonitor(t, { dataDir, clock: createClock(START) });
  const { app } = monitor;
  const names = [..."абвгдежзиклмнопр"].map((letter) => `Тверская-${letter}`);
  for (const name of names) await monitor.report(await monitor.addPosServer({ name }));
  const add = async (...channel: Parameters<typeof addChannel>) => {
    const id = await addChannel(...channel);
    await addRule(monitor, id);
  };

  const mails = new Map<string, Notified>();
  let smtpWay: string | null = null;
  const smtp = await listenSmtp(t, {
    DATA: () => (smtpWay === "break off in DATA" ? "break off" : "354 Go on"),
    MAIL() {
      if (smtpWay === "hang") setTimeout(() => smtp.dropAll(), HANGS_MS);
      return smtpWay === "hang" ? "hang" : smtpWay === "4xx" ? "451 4.7.1 Greylisted" : "250 2.1.0 Ok";
    },
    ".": (_line, mail) => {
      if (smtpWay === "refuse after DATA") return "550 5.7.1 Rejected by DMARC policy";
      const [, id = ""] = /^Message-ID: (\S+)/im.exec(mail) ?? [];
      const [, thread = ""] = /^References: (\S+)/im.exec(mail) ?? [];
      mails.set(id, { id, thread, text: decodeSubject(mail) });
      return "250 2.0.0 Ok";
    },
  });
  receivers.email = {
    ways: ["refuse after DATA", "hang", "break off in DATA", "4xx"],
    misbehave(way) {
      smtpWay = way;
    },
    told: () => [...mails.values()],
  };
  await add(monitor, {
    kind: "email",
    settings: {
      host: "127.0.0.1",
      port: String(smtp.port),
      security: "none",
      login: "",
      authorities: "",
      from: "poswatch@example.ru",
      to: "duty@example.ru",
    },
    secrets: { password: "" },
  });

  let webhookWay: string | null = null;
  const events = new Map<string, Notified>();
  const webhook = await listenWebhook(t, (response) => {
    if (webhookWay === "hang") return void setTimeout(() => response.destroy(), HANGS_MS);
    if (webhookWay === "close") return void response.destroy();
    if (webhookWay !== null)
      return void response.writeHead(Number(webhookWay), { "retry-after": "5400" }).end();
    const { id, event, title, incident } = JSON.parse(String(webhook.calls.at(-1)?.body));
    const text = event === "closed" ? `${title}: восстановлено` : title;
    events.set(id, { id, thread: String(incident?.id), text });
    response.writeHead(204).end();
  });
  receivers.webhook = {
    ways: ["429", "422", "500", "close", "hang"],
    misbehave(way) {
      webhookWay = way;
    },
    told: () => [...events.values()],
  };
  await add(monitor, {
    kind: "webhook",
    settings: { url: `${webhook.origin}/hook` },
    secrets: { secret: "0123456789abcdef" },
  });

  for (const { kind, start } of BOTS) {
    const messenger = await start(t);
    const ways = {
      hang: (reply: FastifyReply) => void setTimeout(() => reply.raw.destroy(), HANGS_MS),
      close: closeConnection,
      429: messenger.refuse(429, "Too Many Requests", 3_600),
      400: messenger.refuse(400, "Bad Request: message is too strange"),
      502: answerWith(502, "<html>Bad Gateway</html>"),
    };
    receivers[kind] = {
      ways: Object.keys(ways),
      misbehave: (way) => messenger.failAll(way === null ? null : ways[way as keyof typeof ways]),
      told: () => messenger.messages().map(({ id, text }) => ({ id, thread: id, text })),
    };
    await add(monitor, messenger.channel());
  }
  await app.close();
  return names;
}

function decodeSubject(mail: string): string {
  const [, folded = ""] = /^Subject: ((?:.*\r\n[ \t])*.*)/im.exec(mail) ?? [];
  return folded
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_, way: string, text: string) =>
      way.toLowerCase() === "b"
        ? Buffer.from(text, "base64").toString()
        : Buffer.from(
            text
              .replaceAll("_", " ")
              .replace(/=([0-9A-F]{2})/gi, (_hex, code) => String.fromCharCode(Number.parseInt(code, 16))),
            "latin1",
          ).toString(),
    );
}
