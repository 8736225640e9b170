import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { firewallCommand, openFirewall } from "../../src/agent/command-line/open-firewall.ts";
import { readAgentConfig } from "../../src/agent/config/config.ts";
import { saveWaitingCode } from "../../src/agent/enrolment/enrolment.ts";
import { loadIdentity } from "../../src/agent/machine/identity.ts";
import { makeAgentFolder } from "../helpers/agent.ts";

async function open(t: Test, settings: Record<string, unknown>, prepare = async (_state: string) => {}) {
  const folder = await makeAgentFolder(t, { port: undefined, ...settings });
  const file = join(folder.root, "agent.json");
  await loadIdentity(join(folder.root, "state"));
  await prepare(join(folder.root, "state"));
  const lines: string[] = [];
  const isWell = await openFirewall(await readAgentConfig(file), (line) => lines.push(line));
  return { isWell, lines };
}

t.test("one program is let through at one port", async (t) => {
  const [program, ...words] = firewallCommand(8443, "C:\\Program Files\\Poswatch\\node.exe");
  t.match(program, /System32.netsh\.exe$/);
  t.equal(
    words.join(" "),
    "advfirewall firewall add rule name=Poswatch agent dir=in action=allow protocol=TCP localport=8443 program=C:\\Program Files\\Poswatch\\node.exe",
  );
});

t.test("an agent that dials out needs nothing of it; what keeps a port from that is told", async (t) => {
  t.same(await open(t, { dialOut: { monitor: "https://poswatch.example" } }), { isWell: true, lines: [] });
  const waiting = await open(t, {}, (state) => saveWaitingCode(state, "a code"));
  t.same(waiting, { isWell: true, lines: [] }, "even when its code cannot be read");
  // There is no netsh here.
  t.match(await open(t, { port: 8443 }), {
    isWell: false,
    lines: [/^Не удалось открыть порт 8443 в брандмауэре Windows \(программы .*netsh\.exe нет\)\. Разрешите/],
  });
  const damaged = await open(t, {}, (state) => writeFile(join(state, "monitor.json"), "{"));
  t.match(damaged, { isWell: false, lines: [/^Не удалось узнать, .*monitor\.json is damaged/] });
});
