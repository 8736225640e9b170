import type { Taking } from "../fleet/takings.ts";
import type { Viewer } from "../viewer/viewer.ts";

const DAY_MS = 86_400_000;

/** Who takes care of a listed POS server, in two parts of which only the name may be cut. */
export interface TakingSign {
  initial: string;
  name: string;
  text: string;
  /** All of it, with the comment. */
  title: string;
}

/** The sign in a row of the list: the first name, since a row has little room; all of it stands in its title. */
export function takingSign(viewer: Pick<Viewer, "t" | "format">, taking: Taking, now: number): TakingSign {
  const { t } = viewer;
  const name = shortName(taking.userName);
  return {
    initial: [...name][0]?.toUpperCase() ?? "",
    name,
    text: t("taking.briefly", { time: endInWords(viewer, taking, now) }),
    title: takingInWords(viewer, taking, now),
  };
}

/** `15:00`; with its day when that is a day away. */
export function endInWords({ format }: Pick<Viewer, "format">, { endsAt }: Taking, now: number): string {
  return format.clock(endsAt, endsAt - now < DAY_MS ? endsAt : now);
}

/** `Анна Иванова занимается · до 15:00: жду звонка из ресторана` */
function takingInWords({ t, format }: Pick<Viewer, "t" | "format">, taking: Taking, now: number) {
  const until = t(taking.isPartial ? "taking.inRowPartly" : "taking.inRow", {
    time: format.clock(taking.endsAt, now),
  });
  const words = `${taking.userName} ${until}`;
  return taking.note ? t("taking.withNote", { words, note: taking.note }) : words;
}

/** An initial is no name to call somebody by. */
function shortName(name: string): string {
  const [first = name] = name.split(/\s+/);
  return first.length > 1 && !first.endsWith(".") ? first : name;
}
