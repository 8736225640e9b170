const IS_SOURCE = import.meta.filename.endsWith(".ts");

/** How a person calls a command of Poswatch here; arguments follow. */
export function callOf(
  command: "backup" | "restore" | "user" | "token" | "register" | "tls" | "doctor" | "support" | "mask",
): string {
  return IS_SOURCE ? `npm run ${command} --` : `poswatch ${command}`;
}
