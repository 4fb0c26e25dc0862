// <textarea data-code="markdown|yaml|json"> becomes a code editor; the textarea stays the field that is sent.
// CodeMirror is loaded only here. Colours are the tokens of console.css, so light and dark follow by themselves.
//
// data-variables: JSON list of the names that may stand in {{...}}; without it variables are not looked at.
// data-built-in: regular expression of names that are always known.
// The textarea takes the event "code:goto" (detail {line, column, end}) and, after a script changed its value,
// "autosave:put". Marks come from the list of problems on the page: [data-problem][data-line].

const module = document.getElementById("codemirror");
const fields = [...document.querySelectorAll("textarea[data-code]")];
if (module && fields.length) import(module.href).then((cm) => fields.forEach((field) => enhance(cm, field)));

const TAG = /\{\{-?\s*([A-Za-z_][A-Za-z0-9_.-]{0,199})\s*(?:\|[^}]*)?\}\}/g;

function look(cm) {
  const { tags } = cm;
  const style = cm.HighlightStyle.define([
    { tag: tags.heading, fontWeight: "600" },
    { tag: tags.strong, fontWeight: "600" },
    { tag: tags.emphasis, fontStyle: "italic" },
    { tag: [tags.link, tags.url], color: "var(--accent)" },
    { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.labelName], color: "var(--dev)" },
    { tag: [tags.string, tags.monospace], color: "var(--add-fg)" },
    { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.atom], color: "var(--rdy)" },
    { tag: [tags.comment, tags.meta, tags.quote, tags.contentSeparator], color: "var(--muted)" },
    { tag: tags.invalid, color: "var(--fail)" },
  ]);
  const theme = cm.EditorView.theme({
    "&": { color: "var(--text)", backgroundColor: "var(--surface)", border: "1px solid var(--control)", borderRadius: "6px", fontSize: "13px" },
    "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "2px" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", minHeight: "50vh", maxHeight: "calc(100vh - 230px)", overflow: "auto" },
    ".cm-content": { caretColor: "var(--text)", padding: "8px 0", minHeight: "50vh" },
    ".cm-cursor": { borderLeftColor: "var(--text)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in oklab, var(--accent) 30%, transparent)" },
    ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--muted)", borderRight: "1px solid var(--border)" },
    ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in oklab, var(--sunken) 60%, transparent)" },
    ".cm-selectionMatch": { backgroundColor: "var(--stg-soft)" },
    ".cm-searchMatch": { backgroundColor: "var(--stg-soft)", outline: "1px solid var(--stg)" },
    ".cm-matchingBracket": { backgroundColor: "var(--sunken)", outline: "1px solid var(--control)" },
    ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)" },
    ".cm-panel input, .cm-panel button": { font: "inherit", color: "var(--text)", background: "var(--surface)", border: "1px solid var(--control)", borderRadius: "4px" },
    ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--border)", borderRadius: "6px" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--on-ink)" },
    ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", color: "var(--muted)", border: "1px solid var(--border)" },
    ".cm-variable": { color: "var(--dev)", fontWeight: "600" },
    ".cm-variable-unknown": { color: "var(--fail)", fontWeight: "600", textDecoration: "underline wavy var(--fail)" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--fail)" }, ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  });
  return [theme, cm.syntaxHighlighting(style)];
}

// {{name}}: known ones stand out, unknown ones are marked in red and underlined.
function variables(cm, names, builtIn) {
  const known = (name) => names.has(name) || names.has(name.split(".")[0]) || builtIn.test(name);
  const mark = cm.Decoration.mark({ class: "cm-variable" });
  const unknown = cm.Decoration.mark({ class: "cm-variable-unknown" });
  const matcher = new cm.MatchDecorator({ regexp: TAG, decoration: (match) => (known(match[1]) ? mark : unknown) });
  return cm.ViewPlugin.define((view) => ({
    marks: matcher.createDeco(view),
    update(update) { this.marks = matcher.updateDeco(update, this.marks); },
  }), { decorations: (plugin) => plugin.marks });
}

function completion(cm, names) {
  const source = (context) => {
    const before = context.matchBefore(/\{\{-?\s*[A-Za-z0-9_.-]*/);
    if (!before) return null;
    const from = before.from + before.text.search(/[A-Za-z0-9_.-]*$/);
    const closed = context.state.sliceDoc(context.pos, context.pos + 2) === "}}";
    return {
      from,
      options: [...names].map((name) => ({ label: name, type: "variable", apply: closed ? name : `${name}}}` })),
      validFor: /^[A-Za-z0-9_.-]*$/,
    };
  };
  return cm.autocompletion({ override: [source], icons: false });
}

function marksOf(cm, state) {
  const found = [];
  for (const link of document.querySelectorAll("#problems [data-problem][data-line]")) {
    const text = link.closest("li").querySelector("[data-problem-text]").textContent;
    found.push(mark(state, { ...link.dataset, message: text }));
  }
  return found.filter(Boolean);
}

function mark(state, { line, column, end, severity = "error", message }) {
  if (!line || line > state.doc.lines) return null;
  const whole = state.doc.line(Number(line));
  const from = Math.min(whole.from + Math.max(0, Number(column ?? 1) - 1), whole.to);
  const to = end ? Math.min(whole.from + Number(end) - 1, whole.to) : whole.to;
  return { from, to: Math.max(from, to), severity, message };
}

// The bar with Save stays at the window's foot; the line that is written must not lie under it. The editor has
// scrolled itself by the second frame.
function uncover(view) {
  const foot = document.querySelector(".desk-foot");
  const caret = view.hasFocus && view.coordsAtPos(view.state.selection.main.head);
  if (!foot || !caret) return;
  const under = caret.bottom + 8 - foot.getBoundingClientRect().top;
  if (under > 0) scrollBy(0, under);
}

function enhance(cm, field) {
  const names = field.dataset.variables ? new Set(JSON.parse(field.dataset.variables)) : null;
  const label = document.querySelector(`label[for="${field.id}"]`);
  if (label && !label.id) label.id = `${field.id}-label`;
  const help = document.getElementById(`${field.id}-code-help`);
  if (help) help.hidden = false;
  const described = [field.getAttribute("aria-describedby"), help?.id].filter(Boolean).join(" ");
  const attributes = {
    ...(label ? { "aria-labelledby": label.id } : { "aria-label": field.getAttribute("aria-label") ?? "" }),
    ...(described ? { "aria-describedby": described } : {}),
    ...(field.readOnly ? { "aria-readonly": "true" } : {}),
    tabindex: "0", spellcheck: "false", autocorrect: "off", autocapitalize: "off", "data-field": field.name || field.id,
  };
  const languages = { markdown: cm.markdown, yaml: cm.yaml, json: cm.json };
  let quiet = false;
  const view = new cm.EditorView({
    doc: field.value,
    extensions: [
      cm.EditorView.cspNonce.of(document.getElementById("editor-css")?.nonce ?? ""),
      cm.lineNumbers(), cm.highlightActiveLineGutter(), cm.highlightSpecialChars(), cm.history(), cm.foldGutter(),
      cm.drawSelection(), cm.indentOnInput(), cm.bracketMatching(), cm.closeBrackets(), cm.highlightActiveLine(),
      cm.highlightSelectionMatches(), cm.search({ top: true }), cm.EditorView.lineWrapping, cm.indentUnit.of("  "),
      cm.EditorView.contentAttributes.of(attributes), cm.EditorState.readOnly.of(field.readOnly),
      cm.lintGutter(), languages[field.dataset.code]?.() ?? [], look(cm),
      names ? [variables(cm, names, new RegExp(field.dataset.builtIn || "$^")), completion(cm, names)] : [],
      cm.keymap.of([
        ...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.foldKeymap,
        ...(names ? cm.completionKeymap : []), cm.indentWithTab,
      ]),
      cm.EditorView.updateListener.of((update) => {
        if (update.docChanged || update.selectionSet) requestAnimationFrame(() => requestAnimationFrame(() => uncover(update.view)));
        if (!update.docChanged || quiet) return;
        field.value = update.state.doc.toString();
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }),
    ],
  });
  const remark = () => view.dispatch(cm.setDiagnostics(view.state, marksOf(cm, view.state)));

  if (document.activeElement === field) requestAnimationFrame(() => view.focus());
  field.after(view.dom);
  field.hidden = true;
  field.code = view;
  label?.addEventListener("click", () => view.focus());
  field.addEventListener("autosave:put", () => {
    if (field.value === view.state.doc.toString()) return;
    quiet = true;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: field.value } });
    quiet = false;
  });
  field.addEventListener("code:goto", (event) => {
    const place = mark(view.state, { line: 1, column: 1, end: 1, ...event.detail });
    view.focus();
    if (place) view.dispatch({ selection: { anchor: place.from }, effects: cm.EditorView.scrollIntoView(place.from, { y: "center" }) });
  });
  field.form?.addEventListener("autosave:errors", (event) => {
    const wrong = event.detail.errors.filter((error) => error.field === field.id && error.line);
    view.contentDOM.setAttribute("aria-invalid", String(event.detail.errors.some((error) => error.field === field.id)));
    if (!wrong.length) return remark();
    view.dispatch(cm.setDiagnostics(view.state, wrong.map((error) => mark(view.state, error)).filter(Boolean)));
  });
  document.addEventListener("problems:changed", remark);
  remark();
  field.dispatchEvent(new CustomEvent("code:ready", { bubbles: true }));
}
