import type { IssuedCommands } from "../enrolment/issued-commands.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Progress } from "./progress.ts";

/** The commands of the first step, or what is said where they are not told any more. */
export function commandModel(
  { t, format }: Viewer,
  issued: IssuedCommands | null,
  { openCode }: Progress,
  now: number,
) {
  if (issued) {
    const { windows, source, monitor } = issued;
    const time = format.time(issued.endsAt, now);
    return {
      commands: issued,
      ends: t("firstStart.install.ends", { time }),
      letter: windows
        ? t("firstStart.letter.windows", { command: windows.line, monitor, time })
        : t("firstStart.letter.source", { command: source, monitor, time }),
    };
  }
  const since = openCode && format.clock(openCode.createdAt, now);
  return {
    commands: null,
    toldBefore:
      openCode && t("firstStart.install.toldBefore", { since, time: format.time(openCode.endsAt, now) }),
    letter: null,
  };
}
