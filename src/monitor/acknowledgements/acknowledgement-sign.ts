import type { Acknowledgement } from "../restaurants/acknowledgements.ts";
import type { Viewer } from "../viewer/viewer.ts";

const DAY_MS = 86_400_000;

/** Who takes care of a listed POS server, in two parts of which only the name may be cut. */
export interface AcknowledgementSign {
  initial: string;
  name: string;
  text: string;
  /** All of it, with the comment. */
  title: string;
}

/** The sign in a row of the list: the first name, since a row has little room; all of it stands in its title. */
export function acknowledgementSign(
  viewer: Pick<Viewer, "t" | "format">,
  acknowledgement: Acknowledgement,
  now: number,
): AcknowledgementSign {
  const { t } = viewer;
  const name = shortName(acknowledgement.userName);
  return {
    initial: [...name][0]?.toUpperCase() ?? "",
    name,
    text: t("acknowledgement.briefly", { time: endInWords(viewer, acknowledgement, now) }),
    title: acknowledgementInWords(viewer, acknowledgement, now),
  };
}

/** `15:00`; with its day when that is a day away. */
export function endInWords(
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

/** An initial is no name to call somebody by. */
function shortName(name: string): string {
  const [first = name] = name.split(/\s+/);
  return first.length > 1 && !first.endsWith(".") ? first : name;
}
