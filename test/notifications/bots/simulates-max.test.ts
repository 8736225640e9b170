import t from "tap";
import { createMaxSimulator } from "../../helpers/simulated-max/simulator.ts";

const TOKEN = "f9LHodD0cOI";
const GROUP = { id: -70_000_000_000_005, title: "Дежурные" };
const ANNA = { id: 501, firstName: "Анна" };

async function start(t: { teardown(end: () => Promise<void>): void }) {
  const max = await createMaxSimulator({ token: TOKEN });
  t.teardown(() => max.close());
  max.addChat(GROUP);
  const call = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(max.url + path, {
      ...{ method, body: body ? JSON.stringify(body) : null },
      headers: { authorization: TOKEN, ...(body && { "content-type": "application/json" }) },
    });
    const said = (await answer.json()) as Record<string, unknown>;
    return { ...said, status: answer.status };
  };
  return { max, call, send: (body: object) => call("POST", `/messages?chat_id=${GROUP.id}`, body) };
}

function keyboard(...buttons: object[]) {
  return [{ type: "inline_keyboard", payload: { buttons: [buttons] } }];
}

t.test("it refuses what MAX refuses", async (t) => {
  const { max, call, send } = await start(t);
  const link = (url: string) => ({ text: "→", attachments: keyboard({ type: "link", text: "→", url }) });
  const press = (payload: string) => ({
    ...{ text: "→", attachments: keyboard({ type: "callback", text: "→", payload }) },
  });
  for (const body of [
    {},
    { text: " " },
    { text: "<b></b>", format: "html" },
    { text: "<b>open", format: "html" },
    { text: "x".repeat(4001) },
    { text: "→", format: "HTML" },
    { text: "→", attachments: keyboard() },
    link("http://poswatch.local/"),
    link("ftp://poswatch.ru/"),
    press(""),
    press("x".repeat(1025)),
  ])
    t.match(await send(body), { status: 400, code: "proto.payload" }, JSON.stringify(body).slice(0, 80));
  t.match(await call("POST", "/messages", { text: "→" }), { status: 400, message: "Unknown recipient" });
  t.match(await call("POST", "/answers?callback_id=1", {}), { status: 400 });
  t.match(await call("GET", "/updates?timeout=1500"), { status: 400, code: "proto.payload" });
  t.match(await call("GET", "/chats"), { status: 404 });
  t.match(await (await fetch(`${max.url}/me?access_token=${TOKEN}`)).json(), { code: "verify.token" });
});

t.test("a changed message keeps its buttons unless it is told otherwise", async (t) => {
  const { max, call, send } = await start(t);
  const attachments = keyboard({ type: "callback", text: "→", payload: "x" });
  await send({ text: "<div>раз</div> <b>&lt;два&gt;</b>", format: "html", attachments, notify: false });
  const [message] = max.messages(GROUP.id);
  t.match(message, { text: "раз <два>", isSilent: true, markup: [{ type: "strong", offset: 4, length: 5 }] });
  const change = (body: object) => call("PUT", `/messages?message_id=${message?.id}`, body);
  t.match(await change({ text: "три" }), { status: 200, success: true });
  t.match(max.messages(GROUP.id), [
    { text: "три", buttons: [[{ payload: "x" }]], history: [{ text: /раз/ }] },
  ]);
  t.match(await change({ text: "три", attachments: [] }), { status: 200, success: true });
  t.strictSame(max.messages(GROUP.id)[0]?.buttons, []);
  max.say("Моё", ANNA);
  const [other] = max.messages(max.dialogWith(ANNA).id);
  t.match(await call("PUT", `/messages?message_id=${other?.id}`, { text: "три" }), { status: 403 });
});

t.test("without a marker the last thing that happened comes, with one all that came since", async (t) => {
  const { max, call } = await start(t);
  for (const text of ["раз", "два"]) max.say(text, ANNA);
  const first = await call("GET", "/updates");
  t.match(first, { updates: [{ update_type: "message_created", message: { body: { text: "два" } } }] });
  max.begin(ANNA, "CODE");
  max.say("три", ANNA);
  const since = await call("GET", `/updates?marker=${first.marker}&types=bot_started`);
  t.match(since, { updates: [{ update_type: "bot_started", payload: "CODE" }] });
  t.match(await call("GET", `/updates?marker=${since.marker}&timeout=0`), {
    updates: [],
    marker: since.marker,
  });
  t.equal(max.unacknowledged(), 0);
});
