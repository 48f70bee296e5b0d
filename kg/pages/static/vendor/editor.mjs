// The SPARQL editor: a textarea that works alone, upgraded to CodeMirror 6. It lives in a shadow root, so that its styles are
// adopted sheets and no `unsafe-inline` is needed.
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { sparql } from "codemirror-lang-sparql";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.literal, tags.number, tags.bool], color: "var(--type-document)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--type-person)" },
  { tag: [tags.url, tags.link, tags.namespace, tags.propertyName], color: "var(--link)" },
]);

const look = EditorView.theme({
  "&": { fontSize: "15px", color: "var(--ink)", backgroundColor: "var(--paper)" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-content": { fontFamily: "var(--mono)", caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--muted)", border: "none" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": { backgroundColor: "var(--select) !important" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.8" },
  ".cm-diagnostic": { padding: "0.3rem 0.6rem", borderLeft: "3px solid var(--accent)" },
});

// What can stand at the cursor: prefix:name of this graph's classes and properties, its prefixes, the variables of the query.
function completions(terms) {
  const options = terms.map((term) => ({ label: term.name, detail: term.label, type: term.kind, boost: term.uses ? Math.min(50, Math.log(term.uses)) : 0 }));
  return (context) => {
    const word = context.matchBefore(/[?$]?[\w:-]+/);
    if (!word && !context.explicit) return null;
    const text = context.state.doc.toString();
    const names = [...new Set(text.match(/[?$]\w+/g) ?? [])].filter((name) => name !== word?.text);
    return {
      from: word ? word.from : context.pos,
      options: [...options, ...names.map((label) => ({ label, type: "variable" }))],
      validFor: /^[?$]?[\w:-]*$/,
    };
  };
}

export function upgrade(textarea, terms, error) {
  const host = document.createElement("div");
  host.className = "editor";
  textarea.before(host);
  const root = host.attachShadow({ mode: "open" });
  const submit = () => (textarea.form.requestSubmit(), true);
  const view = new EditorView({
    doc: textarea.value,
    root,
    parent: root,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ override: [completions(terms)] }),
      sparql(),
      syntaxHighlighting(colours),
      look,
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": textarea.getAttribute("aria-label") ?? "SPARQL query" }),
      // Tab leaves the editor, as it leaves any field.
      keymap.of([{ key: "Mod-Enter", run: submit }, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) textarea.value = update.state.doc.toString();
      }),
    ],
  });
  textarea.hidden = true;
  if (error) mark(view, error);
  return view;
}

// Underline what an error is about, and go there.
function mark(view, { line, column, message }) {
  const row = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  const from = Math.min(row.from + Math.max(0, column - 1), row.to);
  view.dispatch(setDiagnostics(view.state, [{ from: Math.min(from, row.to), to: row.to, severity: "error", message }]));
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
}
