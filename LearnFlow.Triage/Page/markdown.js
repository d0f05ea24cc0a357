// A small Markdown renderer. It only ever creates nodes and sets text, so markup in an answer can never run,
// and every pattern below stops at its own opening character, so the work stays linear in the length of the text.

/** Creates an element; `on…` props are listeners, `text` is its text, everything else an attribute. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter(child => child));
  return node;
}

/**
 * Replaces the content of `element` by the rendered text.
 * `options.onRun(code, slot)`: when given, Python blocks get a Run button; `slot` is an empty element below the block.
 */
export function renderMarkdown(text, element, options = {}) {
  // U+E000..U+E002 mark code spans and line breaks during parsing, so a text must not bring its own.
  const lines = String(text ?? "").replace(/[\uE000-\uE002]/g, "\uFFFD").replace(/\r\n?|[\u2028\u2029]/g, "\n").split("\n");
  element.replaceChildren();
  blocks(lines, element, options, 0);
}

const FENCE = /^([ \t]*)(`{3,}|~{3,})(.*)$/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*)$/;
const ITEM = /^([ \t]*)([-*+]|\d{1,9}[.)])[ \t]+(.*)$/;
const QUOTE = /^ {0,3}> ?/;
const MAX_QUOTE_DEPTH = 3; // deeper quotes are shown as text; keeps ">>>>…" from recursing

/** Each reader takes the lines and an index, appends to the parent and returns the index after what it read. */
function blocks(lines, parent, options, depth) {
  let i = 0;
  while (i < lines.length) {
    const line = lines[i];
    if (!line.trim()) i++;
    else if (isFence(line)) i = fence(lines, i, parent, options);
    else if (HEADING.test(line)) i = heading(lines, i, parent);
    else if (isRule(line)) { parent.append(el("hr")); i++; }
    else if (isQuote(line, depth)) i = quote(lines, i, parent, options, depth);
    else if (isTable(lines, i)) i = table(lines, i, parent);
    else if (ITEM.test(line)) i = list(lines, i, parent);
    else i = paragraph(lines, i, parent, depth);
  }
}

/** Three backticks that close on the same line are a code span, not a block. */
const isFence = line => FENCE.test(line) && !FENCE.exec(line)[3].includes("`");
const isRule = line => /^(-{3,}|\*{3,}|_{3,})$/.test(line.replace(/\s/g, ""));
const isQuote = (line, depth) => depth < MAX_QUOTE_DEPTH && QUOTE.test(line);

function isTable(lines, i) {
  const below = lines[i + 1] ?? "";
  return lines[i].includes("|") && below.includes("|") && below.includes("-") && /^[\s:|-]+$/.test(below);
}

function fence(lines, start, parent, options) {
  const [, indent, mark, info] = FENCE.exec(lines[start]);
  const code = [];
  let i = start + 1;
  for (; i < lines.length && !closes(lines[i], mark); i++) {
    code.push(lines[i].startsWith(indent) ? lines[i].slice(indent.length) : lines[i].trimStart());
  }
  parent.append(codeBlock(code.join("\n"), /^[\w+#.-]*/.exec(info.trim())[0].toLowerCase(), options));
  return i + 1;
}

function closes(line, mark) {
  const trimmed = line.trim();
  return trimmed.length >= mark.length && trimmed === mark[0].repeat(trimmed.length);
}

function codeBlock(code, language, { onRun }) {
  const isOutput = language === "output";
  const block = el("div", { class: isOutput ? "code-block output" : "code-block" });
  const slot = el("div", { class: "run-slot", "aria-live": "polite" });
  const bar = el("div", { class: "code-bar" }, el("span", { text: language || "text" }));
  if (onRun && /^(python3?|py)$/.test(language)) {
    bar.append(el("button", { type: "button", class: "small", text: "Run", onclick: () => onRun(code, slot) }));
  }
  if (!isOutput) bar.append(copyButton(code));
  // Keyboard users need the focus to scroll long lines.
  const pre = el("pre", { tabindex: "0" }, el("code", { class: language ? `language-${language}` : undefined, text: code }));
  block.append(bar, pre, slot);
  return block;
}

function copyButton(code) {
  const button = el("button", { type: "button", class: "small", text: "Copy" });
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Could not copy"; // no clipboard without https or permission
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  return button;
}

function heading(lines, i, parent) {
  const [, marks, text] = HEADING.exec(lines[i]);
  // The page itself owns h1 and h2; answers open with # or ##, and both follow on those without a gap.
  parent.append(inline(text, el(`h${Math.min(Math.max(marks.length + 1, 3), 6)}`)));
  return i + 1;
}

function quote(lines, start, parent, options, depth) {
  let i = start;
  const inner = [];
  while (i < lines.length && QUOTE.test(lines[i])) inner.push(lines[i++].replace(QUOTE, ""));
  const node = el("blockquote");
  blocks(inner, node, options, depth + 1);
  parent.append(node);
  return i;
}

function table(lines, start, parent) {
  const head = el("tr", {}, ...cells(lines[start]).map(cell => inline(cell, el("th", { scope: "col" }))));
  const body = el("tbody");
  let i = start + 2;
  for (; i < lines.length && lines[i].includes("|"); i++) {
    body.append(el("tr", {}, ...cells(lines[i]).map(cell => inline(cell, el("td")))));
  }
  parent.append(el("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    el("table", {}, el("thead", {}, head), body)));
  return i;
}

function cells(line) {
  const parts = line.trim().replaceAll("\\|", "\uE002").split("|").map(part => part.replaceAll("\uE002", "|").trim());
  if (parts[0] === "") parts.shift();
  if (parts.at(-1) === "") parts.pop();
  return parts;
}

function list(lines, start, parent) {
  const [, indent, marker] = ITEM.exec(lines[start]);
  const root = listNode(marker);
  let nested = null;
  let i = start;
  while (i < lines.length) {
    const match = ITEM.exec(lines[i]);
    if (!match || isRule(lines[i])) break;
    const deeper = root.lastChild && match[1].length >= indent.length + 2;
    if (!deeper && isOrdered(match[2]) !== isOrdered(marker)) break;
    const text = [match[3]];
    i++;
    while (continues(lines[i])) text.push(lines[i++].trim());
    if (!deeper) nested = null;
    else if (!nested) root.lastChild.append(nested = listNode(match[2]));
    (nested ?? root).append(inline(text.join("\n"), el("li")));
    i = skipBlanksBeforeItem(lines, i);
  }
  parent.append(root);
  return i;
}

const isOrdered = marker => /\d/.test(marker);
const listNode = marker => isOrdered(marker) ? el("ol", { start: parseInt(marker, 10) }) : el("ul");
/** A line that belongs to the list item above it: indented text that starts nothing of its own. */
const continues = line => line !== undefined && /^[ \t]+\S/.test(line) && !ITEM.test(line) && !isFence(line);

function skipBlanksBeforeItem(lines, i) {
  let next = i;
  while (next < lines.length && !lines[next].trim()) next++;
  return next < lines.length && ITEM.test(lines[next]) ? next : i;
}

function paragraph(lines, start, parent, depth) {
  const text = [];
  let i = start;
  do {
    text.push(lines[i].endsWith("  ") ? `${lines[i].trim()}\uE002` : lines[i].trim());
    i++;
  } while (i < lines.length && lines[i].trim() && !startsBlock(lines, i, depth));
  parent.append(inline(text.join("\n"), el("p")));
  return i;
}

function startsBlock(lines, i, depth) {
  const line = lines[i];
  return isFence(line) || HEADING.test(line) || ITEM.test(line) || isRule(line) || isQuote(line, depth) || isTable(lines, i);
}

const CODE_SPAN = /\\`|``((?:[^`]|`(?!`))+)``|`([^`]+)`/g;
const INLINE = new RegExp([
  /\\([\\`*_{}[\]()#+\-.!|<>~])/,                                   // 1 escaped character
  /\uE000(\d+)\uE001/,                                              // 2 code span
  /(\uE002)/,                                                       // 3 line break
  /\*\*(?!\s)((?:[^*]|\*(?!\*))+)\*\*/,                             // 4 bold
  /\*(?!\s)([^*]*[^*\s])\*/,                                        // 5 italic
  /(?<!\w)_(?!\s)([^_]*[^_\s])_(?!\w)/,                             // 6 italic; snake_case and __init__ stay as they are
  /\[([^[\]]+)\]\(((?:[^\s()[\]\uE000]|\([^\s()[\]\uE000]*\))+)\)/, // 7 and 8 link
].map(part => part.source).join("|"), "g");

/** Code spans bind strongest (think of `**kwargs` in bold), so they are set aside before anything else is read. */
function inline(text, parent) {
  const codes = [];
  const marked = text.replace(CODE_SPAN, (whole, double, single) =>
    whole === "\\`" ? whole : `\uE000${codes.push((double ?? single).trim()) - 1}\uE001`);
  return spans(marked, parent, codes);
}

function spans(text, parent, codes) {
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > end) parent.append(text.slice(end, match.index));
    parent.append(span(match, codes));
    end = match.index + match[0].length;
  }
  if (end < text.length) parent.append(text.slice(end));
  return parent;
}

function span([, escaped, code, lineBreak, bold, star, underscore, label, url], codes) {
  if (escaped !== undefined) return escaped;
  if (code !== undefined) return el("code", { text: codes[code] });
  if (lineBreak) return el("br");
  if (bold) return spans(bold, el("strong"), codes);
  if (star ?? underscore) return spans(star ?? underscore, el("em"), codes);
  return link(label, url, codes);
}

function link(label, url, codes) {
  if (url.startsWith("#")) return spans(label, el("a", { href: url }), codes);
  if (/^https?:\/\//i.test(url)) return spans(label, el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }), codes);
  // Any other scheme could run script, so only the words of the link remain.
  return spans(label, el("span"), codes);
}
