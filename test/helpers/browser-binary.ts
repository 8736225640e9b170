import { existsSync } from "node:fs";
import { installPackages } from "./debian-packages.ts";
import { findProgram } from "./find-program.ts";

/** Chromium without windows takes a third less of the machine. */
const PACKAGE = "chromium-headless-shell";

/** The path of a Chromium: what CHROMIUM names, or the first one on the PATH; null when there is none. */
export function findBrowser(): string | null {
  const named = process.env.CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  return findProgram(PACKAGE, "chromium", "chromium-browser", "google-chrome", "chrome");
}

/** Installs Debian's Chromium where that is allowed; older systems have only the whole one. @returns its path, or null. */
export function installBrowser(): string | null {
  return installPackages([PACKAGE]) || installPackages(["chromium"]) ? findBrowser() : null;
}
