import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Owner } from "./owner.ts";
import { waitFor } from "./wait-for.ts";

/** Starts a real nginx whose `http` block holds these servers, and waits until it is ready. */
export async function startNginx(
  t: Owner,
  { program, folder, servers }: { program: string; folder: string; servers: string },
): Promise<void> {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const pidFile = join(folder, "nginx.pid");
  const config = [
    "daemon off;",
    ...(process.getuid?.() === 0 ? ["user root;"] : []), // the folder is nobody else's
    `pid ${pidFile};`,
    "events {}",
    "http {",
    "access_log off;",
    ...temporary.map((kind) => `${kind}_temp_path ${join(folder, kind)};`),
    servers,
    "}",
  ];
  const file = join(folder, "nginx.conf");
  writeFileSync(file, config.join("\n"));
  const child = spawn(program, ["-e", "stderr", "-p", folder, "-c", file]);
  const ended = once(child, "close");
  t.teardown(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  let output = "";
  child.stderr.on("data", (chunk) => (output += chunk));
  await waitFor(() => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${output}`);
    return existsSync(pidFile);
  });
}
