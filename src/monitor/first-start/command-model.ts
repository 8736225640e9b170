import type { IssuedCommand } from "../enrolment/issued-command.ts";
import type { Viewer } from "../viewer/viewer.ts";
import type { Progress } from "./progress.ts";

/** The command line of the first step, or what is said where it is not told any more. */
export function commandModel(
  { t, format }: Viewer,
  issued: IssuedCommand | null,
  { openCode }: Progress,
  now: number,
) {
  if (issued) {
    const { command, monitor } = issued;
    const endsAt = format.time(issued.endsAt, now);
    return {
      command,
      ends: t("firstStart.install.ends", { time: endsAt }),
      letter: t("firstStart.letter", { command, monitor, time: endsAt }),
    };
  }
  const since = openCode && format.clock(openCode.createdAt, now);
  return {
    command: null,
    toldBefore:
      openCode && t("firstStart.install.toldBefore", { since, time: format.time(openCode.endsAt, now) }),
    letter: null,
  };
}
