import { appendFile, mkdir, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Test } from "tap";
import { parseAgentConfig } from "../../src/agent/config/config.ts";
import { createSyncLog, type SyncLogOptions } from "../../src/agent/sync-log/sync-log.ts";
import { MINUTE_MS } from "../../src/protocol/time-units.ts";
import { makeOpenFolder } from "./folder.ts";

/** A folder of logs on a clock of UTC, and what the agent makes of it. */
export function makeLogFolder(t: Test, settings: Record<string, unknown> = {}) {
  const directory = makeOpenFolder(t);
  const path = (name: string) => join(directory, name);
  async function append(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(path(name)), { recursive: true });
    await appendFile(path(name), content);
  }

  return {
    path,
    append,
    write: (content: string | Uint8Array) => append("pos.log", content),
    /** Makes a file as old as if nobody had touched it for these minutes. */
    async age(name: string, minutes: number) {
      const time = new Date(Date.now() - minutes * MINUTE_MS);
      await utimes(path(name), time, time);
    },
    bytes: async (name: string) => (await stat(path(name))).size,
    /** A new agent's view, as after a restart. */
    async follow(options?: SyncLogOptions) {
      const content = { dataDirectory: directory, logs: { directory, ...settings } };
      const { logs } = await parseAgentConfig(content, directory);
      const problems: string[] = [];
      const set = (_subject: string, problem: string | null) => {
        if (problem !== null) problems.push(problem);
      };
      const log = createSyncLog(logs, 0, { set }, options);
      return {
        ...log,
        problems,
        read: async () => (await log.read()).sync,
        readLogState: async () => (await log.read()).logs,
      };
    },
  };
}

const startedAt = Math.trunc(Date.now() / 1000) * 1000;

/** ms UTC so many minutes before the test began, always the same. */
export function minutesAgo(minutes: number): number {
  return startedAt - minutes * MINUTE_MS;
}

/** How lines of these logs begin. */
export const stamp = (at: number) =>
  `[${new Date(at).toISOString().slice(0, 23).replace("T", " ").replace(".", ",")}]`;
const line = (at: number, level: string, text: string) => `${stamp(at)} ${level} [12] — ${text}\n`;

export const attemptedLine = (at: number) => line(at, "INFO ", "Обмен с главным сервером: начат");
export const succeededLine = (at: number) => line(at, "INFO ", "Обмен с главным сервером: успешно завершён");
export const failedLine = (at: number, message: string) =>
  line(at, "ERROR", `Обмен с главным сервером: ошибка: ${message}`);
export const otherLine = (at: number) => line(at, "DEBUG", "Касса 2: гость найден");

/** What an agent reads of a folder that starts now. */
export const readAnew = async ({ follow }: Pick<ReturnType<typeof makeLogFolder>, "follow">) =>
  await (await follow()).read();
