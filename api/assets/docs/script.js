// The requests of /docs: each operation's parameters become fields, filled with its example; what is sent is shown below them.
"use strict";

/** How much of a body is shown, in characters. */
const LONGEST = 200_000;
/** The headers that are shown. */
const HEADERS = ["ETag", "Cache-Control", "Link"];

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A parameter's field, in a new cell of its row. */
function field(row, form) {
  const { name, type, words, example = "" } = row.dataset;
  const id = `${form.id}-${name}`;
  const heading = row.cells[0];
  heading.append(element("label", { htmlFor: id }, ...heading.childNodes));
  let control;
  if (type === "boolean") {
    const options = ["", "true", "false"].map((value) => new Option(value, value, value === example, value === example));
    control = element("select", { id }, ...options);
  } else {
    control = element("input", { id, defaultValue: example, autocomplete: "off", spellcheck: false });
    control.setAttribute("autocapitalize", "off");
    if (type === "integer") control.inputMode = "numeric";
  }
  control.required = "required" in row.dataset;
  control.setAttribute("form", form.id);
  const cell = element("td", { className: "value" }, control);
  if (words) {
    cell.append(element("datalist", { id: `${id}-words` }, ...words.split(",").map((word) => new Option(word))));
    control.setAttribute("list", `${id}-words`);
  }
  row.append(cell);
  // A browser can point at a missing value only where it is to be seen.
  control.addEventListener("invalid", () => { row.closest("details").open = true; });
  return { name, control, inPath: row.dataset.in === "path", isList: type === "array" };
}

/** Path and query of what the fields say; what is empty is left out. */
function address(path, fields) {
  const query = new URLSearchParams();
  for (const { name, control, inPath, isList } of fields) {
    const value = control.value;
    if (inPath) {
      path = path.replace(`{${name}}`, () => encodeURIComponent(value).replaceAll("'", "%27"));
    } else if (value !== "") {
      for (const one of isList ? value.split(",") : [value]) query.append(name, one.trim());
    }
  }
  const asked = String(query);
  return asked ? `${path}?${asked}` : path;
}

/** A body as text to show; what a person can't read is told by its size. */
async function readable(response) {
  const media = response.headers.get("Content-Type") ?? "";
  if (!/^text\/|json|xml|yaml/.test(media)) {
    const { size } = await response.blob();
    return `${size} bytes of ${media}: the address above gives them.`;
  }
  let text;
  if (/[/+]json\b/.test(media)) {
    text = await response.text();
    try {
      text = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // It is shown as it came.
    }
  } else {
    // A list may be long: only what is shown is read.
    text = "";
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    while (text.length <= LONGEST) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
    }
    await reader.cancel();
  }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n… cut at ${LONGEST / 1000} kB` : text;
}

/** Shows an answer, or why there is none. */
async function show(url, shown, signal) {
  shown.status.textContent = "Waiting for the answer…";
  shown.headers.replaceChildren();
  shown.body.hidden = true;
  shown.all.hidden = false;
  const start = performance.now();
  try {
    const response = await fetch(url, { signal, cache: "no-cache" });
    const text = await readable(response);
    const media = response.headers.get("Content-Type") ?? "no body";
    const time = Math.round(performance.now() - start);
    shown.all.dataset.status = response.status;
    shown.status.replaceChildren(
      element("strong", {}, `${response.status} ${response.statusText}`), ` · ${media} · ${time} ms`);
    if (response.redirected) shown.status.append(` · moved to ${response.url}`);
    for (const name of HEADERS) {
      const value = response.headers.get(name);
      if (value) shown.headers.append(element("dt", {}, name), element("dd", {}, value));
    }
    shown.body.textContent = text;
    shown.body.hidden = false;
  } catch (error) {
    if (signal.aborted) return;
    shown.all.dataset.status = "";
    shown.status.textContent = `There is no answer: ${error.message}`;
  }
}

/** Makes an operation's example a form. */
function enhance(operation) {
  const { path, command } = operation.dataset;
  const form = element("form", { id: `try-${operation.id}`, className: "try" });
  const shown = {
    all: element("div", { className: "answer", hidden: true }),
    status: element("p", { className: "status", role: "status" }),
    headers: element("dl", { className: "headers" }),
    body: element("pre", { className: "body", tabIndex: 0, hidden: true }),
  };
  shown.body.setAttribute("role", "region");
  shown.body.setAttribute("aria-label", `Body of the answer of ${path}`);
  shown.all.append(shown.status, shown.headers, shown.body);
  const send = element("button", { type: "submit" }, "Send");
  send.setAttribute("aria-label", `Send a request to ${path}`);
  form.append(send, element("button", { type: "reset", hidden: true }, "Back to the example"));

  const example = operation.querySelector(".example");
  const link = example.querySelector("a");
  const curl = example.querySelector("code");
  example.append(form, shown.all);
  operation.querySelector("thead tr")?.append(element("th", { scope: "col" }, "Value"));
  const fields = Array.from(operation.querySelectorAll("tr[data-name]"), (row) => field(row, form));

  function update() {
    const asked = address(path, fields);
    // Relative to where the page is, which may be under a path of a reverse proxy.
    link.href = asked.slice(1);
    link.textContent = asked;
    curl.textContent = `${command} '${document.body.dataset.base}${asked}'`;
    form.lastChild.hidden = false;
  }
  for (const { control } of fields) control.addEventListener("input", update);
  form.addEventListener("reset", () => setTimeout(() => { update(); form.lastChild.hidden = true; }));
  let before;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    before?.abort();
    before = new AbortController();
    show(link.href, shown, before.signal);
  });
}

/** Unfolds what the address points at. */
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target?.matches(".schema") && target.querySelector("details");
  if (details) details.open = true;
}

document.querySelectorAll("article[data-method='GET']").forEach(enhance);
if (matchMedia("(max-width: 64rem)").matches) document.querySelector(".contents").open = false;
addEventListener("hashchange", unfold);
unfold();
