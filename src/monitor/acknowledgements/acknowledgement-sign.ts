import { DAY_MS } from "../../protocol/time-units.ts";
import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import type { Viewer } from "../viewer/viewer.ts";

/** The sign in a row of a list: the first name, for little room; the title says everything. */
export function acknowledgementSign(
  viewer: Pick<Viewer, "t" | "format">,
  acknowledgement: Acknowledgement,
  now: number,
) {
  const { t } = viewer;
  const name = shortName(acknowledgement.userName);
  return {
    initial: [...name][0]?.toUpperCase() ?? "",
    name,
    text: t("parking.untilTime", { time: untilInWords(viewer, acknowledgement, now) }),
    title: acknowledgementInWords(viewer, acknowledgement, now),
  };
}

/** `15:00`; with its day when it is more than a day away. */
export function untilInWords(
  { format }: Pick<Viewer, "format">,
  { endsAt }: Acknowledgement,
  now: number,
): string {
  return format.clock(endsAt, endsAt - now < DAY_MS ? endsAt : now);
}

/** `Анна Иванова занимается · до 15:00: жду звонка из ресторана` */
function acknowledgementInWords(
  { t, format }: Pick<Viewer, "t" | "format">,
  acknowledgement: Acknowledgement,
  now: number,
) {
  const until = t(acknowledgement.isPartial ? "acknowledgement.inRowPartly" : "acknowledgement.inRow", {
    time: format.clock(acknowledgement.endsAt, now),
  });
  const words = `${acknowledgement.userName} ${until}`;
  return acknowledgement.note ? t("acknowledgement.withNote", { words, note: acknowledgement.note }) : words;
}

function shortName(name: string): string {
  const [first = name] = name.split(/\s+/);
  return first.length > 1 && !first.endsWith(".") ? first : name;
}
