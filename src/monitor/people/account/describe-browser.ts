import type { Viewer } from "../../viewer/viewer.ts";

/** From the special to the general: most browsers also name those that they are made from. */
const BROWSERS: readonly [RegExp, string][] = [
  [/YaBrowser\//, "Yandex Browser"],
  [/Edg(?:e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Macintosh|Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** Names browser and system from a `User-Agent` header; null = unknown. */
export function describeBrowser(userAgent: string): { name: string | null; system: string | null } {
  const find = (names: readonly [RegExp, string][]) =>
    names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  return { name: find(BROWSERS), system: find(SYSTEMS) };
}

export function browserInWords({ t }: Pick<Viewer, "t">, userAgent: string): string | null {
  const { name, system } = describeBrowser(userAgent);
  return name && system ? t("account.browserOn", { name, system }) : (name ?? system);
}
