import t from "tap";
import { ruleFor } from "../../src/agent/machine/firewall.ts";

t.test("the rule lets one program through at one port", (t) => {
  t.same(ruleFor(8443, "C:\\Program Files\\Poswatch\\node.exe"), [
    "name=Poswatch agent",
    "dir=in",
    "action=allow",
    "protocol=TCP",
    "localport=8443",
    "program=C:\\Program Files\\Poswatch\\node.exe",
  ]);
  t.end();
});
