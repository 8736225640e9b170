import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

// Loaded before a program (`node --import`). As Windows does, it syncs nothing that was opened for reading alone.
const { fsyncSync } = fs;
const handle = await fs.promises.open(import.meta.filename);
const { prototype } = handle.constructor as { prototype: fs.promises.FileHandle };
await handle.close();
const { sync } = prototype;

fs.fsyncSync = (fd) => {
  requireWritable(fd);
  fsyncSync(fd);
};
prototype.sync = async function () {
  requireWritable(this.fd);
  await sync.call(this);
};
syncBuiltinESMExports();

function requireWritable(fd: number): void {
  const flags = /^flags:\t(\d+)/m.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] ?? "";
  if ((Number.parseInt(flags, 8) & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0) return;
  throw Object.assign(new Error("EPERM: operation not permitted, fsync"), {
    code: "EPERM",
    syscall: "fsync",
  });
}
