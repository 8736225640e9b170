/** How much of an answer is shown. */
const MOST_TEXT = 20_000;
const JSON_TYPE = "application/json";

const root = document.getElementById("try-api");
const token = document.getElementById("token");
if (root && token instanceof HTMLInputElement) {
  for (const part of root.querySelectorAll("[data-scripted]")) part.toggleAttribute("hidden", false);
  for (const form of root.querySelectorAll("form")) {
    showCurl(form);
    form.addEventListener("input", () => showCurl(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.reportValidity()) call(form);
    });
  }
  showOpened();
  addEventListener("hashchange", showOpened);
}

/** The call that the address names. */
function showOpened() {
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
}

/**
 * What is filled in, as it is called.
 * @param {HTMLFormElement} form
 */
function requestOf(form) {
  let path = form.dataset.path ?? "";
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-place]")) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) continue;
    if (field.dataset.place === "path")
      path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.value !== "") query.set(field.name, field.value);
  }
  const body = form.elements.namedItem("body");
  const chosen = form.elements.namedItem("file");
  const isFile = chosen instanceof HTMLInputElement;
  const file = isFile ? (chosen.files?.[0] ?? null) : null;
  const [csv = "", xlsx = ""] = isFile ? (chosen.dataset.types ?? "").split(" ") : [];
  const text = body instanceof HTMLTextAreaElement ? body.value : null;
  return {
    method: form.dataset.method ?? "GET",
    url: query.size > 0 ? `${path}?${query}` : path,
    text,
    file,
    type: isFile ? (file?.name.endsWith(".xlsx") ? xlsx : csv) : text === null ? null : JSON_TYPE,
    fileName: isFile ? (file?.name ?? "import.csv") : null,
  };
}

/** @param {HTMLFormElement} form */
function showCurl(form) {
  const { method, url, text, type, fileName } = requestOf(form);
  const quoted = (/** @type {string} */ one) => `'${one.replaceAll("'", `'\\''`)}'`;
  const parts = ["curl"];
  if (method !== "GET") parts.push(`-X ${method}`);
  parts.push(`-H "Authorization: Bearer $TOKEN"`);
  if (type !== null) parts.push(`-H "Content-Type: ${type}"`);
  if (text !== null) parts.push(`-d ${quoted(text.replace(/\s*\n\s*/g, " "))}`);
  if (fileName !== null) parts.push(`--data-binary @${quoted(fileName)}`);
  parts.push(quoted(`${root?.dataset.address ?? ""}${url}`));
  const shown = form.querySelector("[data-curl]");
  if (shown) shown.textContent = parts.join(" ");
}

/** @param {HTMLFormElement} form */
async function call(form) {
  if (!(token instanceof HTMLInputElement) || !root) return;
  if (token.value.trim() === "") {
    token.focus();
    return show(form, { status: root.dataset.noToken ?? "" });
  }
  const { method, url, text, file, type } = requestOf(form);
  show(form, { status: root.dataset.calling ?? "" });
  try {
    const headers = new Headers({ authorization: `Bearer ${token.value.trim()}` });
    if (type !== null) headers.set("content-type", type);
    const answer = await fetch(url, {
      method,
      headers,
      body: file ?? text,
      credentials: "omit",
      cache: "no-store",
    });
    const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}`);
    const status = `${answer.status} ${answer.statusText}`.trim();
    show(form, { status, text: await textOf(answer), headers: lines.join("\n") });
  } catch (error) {
    show(form, { status: (root.dataset.failed ?? "").replace("{reason}", String(error)) });
  }
}

/**
 * JSON is written so that people can read it; of an archive only its size is told.
 * @param {Response} answer
 */
async function textOf(answer) {
  const type = answer.headers.get("content-type") ?? "";
  if (!/json|text/.test(type)) return `${type}, ${(await answer.blob()).size} B`;
  const text = await answer.text();
  const shown = /json/.test(type) && text !== "" ? JSON.stringify(JSON.parse(text), null, 2) : text;
  return shown.length > MOST_TEXT ? `${shown.slice(0, MOST_TEXT)}…` : shown;
}

/**
 * @param {HTMLFormElement} form
 * @param {{ status: string, text?: string, headers?: string }} answer
 */
function show(form, { status, text = "", headers = "" }) {
  put("[data-status]", status);
  put("[data-text]", text)?.parentElement?.toggleAttribute("hidden", text === "");
  put("[data-headers]", headers)
    ?.closest("details")
    ?.toggleAttribute("hidden", headers === "");
  form.querySelector("[data-answer]")?.toggleAttribute("hidden", false);

  /**
   * @param {string} place
   * @param {string} words
   */
  function put(place, words) {
    const part = form.querySelector(place);
    if (part) part.textContent = words;
    return part;
  }
}
