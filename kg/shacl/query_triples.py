"""Query triples: a query of a shape as its groups, and the triples of each group."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.rdf.terms import TYPE
from kg.shacl.paths import Path
from kg.shacl.query_text import Token, tokens_of

_ONE = {"MINUS", "OPTIONAL", "UNION", "EXISTS", "NOT"}  # words of a group beside its triples
_TWO = {"VALUES", "GRAPH", "SERVICE"}  # words that a name or a variable follows
_WORDS = {"FILTER", "BIND", *_ONE, *_TWO}
_MARKS = {"*": "zeroOrMore", "+": "oneOrMore", "?": "zeroOrOne"}


class Group(NamedTuple):
    """The text between two braces; the outermost group is the whole query.

    `kind` is the word before the opening brace: EXISTS, OPTIONAL or any other. `own` are the tokens of the group
    without those of inner groups; `free` are those of them outside parentheses, most of which belong to triples.
    """

    kind: str
    begin: int
    own: list[Token]
    free: list[Token]
    inner: list["Group"]
    end: list[int]  # the offset of the closing brace; for FILTER EXISTS, the offset of FILTER before it

    @property
    def words(self) -> set[str]:
        """Its own words, in capitals."""
        return {word.upper() for kind, word, _ in self.own if kind == "word"}

    @property
    def is_select(self) -> bool:
        """Whether it is a query."""
        return "SELECT" in self.words

    @property
    def asks_this(self) -> bool:
        """Whether it uses ?this, in an EXISTS or elsewhere."""
        asked = [one for group in self.inner if group.kind == "EXISTS" for one in group.every()]
        return any("this" in variables(group.own) for group in (self, *asked))

    def every(self) -> Iterator["Group"]:
        """The group and all groups inside it, except those of EXISTS."""
        yield self
        for group in self.inner:
            if group.kind != "EXISTS":
                yield from group.every()


class Pattern(NamedTuple):
    """A triple of a query: variables as in "?name", other terms as they are written, the path None for a variable, and
    where it begins.
    """

    subject: str
    path: Path | None
    object: str
    begin: int


class UnclearError(Exception):
    """A query that has what is not looked at here."""


def read(text: str) -> Group:
    """The groups of a query."""
    whole = Group("", 0, [], [], [], [])
    stack, brackets = [whole], [0]
    before: list[Token] = [("", "", 0)] * 3
    for token in tokens_of(text):
        kind, word, begin = token
        if kind == "mark" and word == "{":
            group = Group(before[-1][1].upper(), begin + 1, [], [], [], [])
            filtered = before[-3] if before[-2][1].upper() == "NOT" else before[-2]
            if group.kind == "EXISTS" and filtered[1].upper() == "FILTER":
                group.end.append(filtered[2])
            stack[-1].inner.append(group)
            stack.append(group)
            brackets.append(0)
        elif kind == "mark" and word == "}" and len(stack) > 1:
            stack.pop().end.append(begin)
            brackets.pop()
        else:
            brackets[-1] += (word == "(") - (word == ")") if kind == "mark" else 0
            stack[-1].own.append(token)
            if not brackets[-1]:
                stack[-1].free.append(token)
        before = [*before[1:], token]
    return whole


def variables(tokens: Iterable[Token]) -> set[str]:
    """The names of the variables among tokens."""
    return {word[1:] for kind, word, _ in tokens if kind == "variable"}


def patterns(group: Group, known: Mapping[str, str]) -> list[Pattern]:
    """The triples of a group, without those of the groups inside it; UnclearError where it has what is not SPARQL 1.1,
    or lists.

    >>> group = read("?a a ?b ; ?q [ ?r 1.5, 'x'@en ] FILTER (?c > 1) _:d ^x:q/x:r* x:f.")
    >>> [(one.subject, one.object) for one in patterns(group, {"x": "http://x/"})]
    [('?a', '?b'), ('?[13', '1.5'), ('?[13', "'x'"), ('?a', '?[13'), ('?_:d', 'x:f')]
    """
    return [] if group.is_select else _Reader(group.own, known).patterns()


class _Reader:
    def __init__(self, tokens: Sequence[Token], known: Mapping[str, str]) -> None:
        self.tokens, self.known, self.place = tokens, known, 0
        self.found: list[Pattern] = []
        self.ended = False  # whether the last term had the dot after it

    def _next(self) -> str:
        """The next token where it is a mark, or its word in capitals; "" for other tokens, and at the end."""
        kind, word, _ = self.tokens[self.place] if self.place < len(self.tokens) else ("", "", 0)
        return word.upper() if kind in ("mark", "word") else ""

    def _take(self, *marks: str) -> bool:
        found = self._next() in marks
        self.place += found
        return found

    def patterns(self) -> list[Pattern]:
        """The triples among the tokens."""
        while self.place < len(self.tokens):
            word = self._next()
            if word == "." or word in _ONE:
                self.place += 1
            elif word in _TWO:
                self.place += 2
            elif self._take("FILTER", "BIND"):
                self._pass_expression()
            else:
                begin = self.tokens[self.place][2]
                self._properties(self._term(), begin)
                self.ended = False
        return self.found

    def _pass_expression(self) -> None:
        if self._next() in ("NOT", "EXISTS"):
            return
        if self._next() != "(":  # the name of a function
            self.place += 1
        depth = 0
        while self.place < len(self.tokens):
            depth += (self._next() == "(") - (self._next() == ")")
            self.place += 1
            if not depth:
                return
        raise UnclearError

    def _properties(self, subject: str, begin: int) -> None:
        """Read the properties of a subject with their values."""
        while not self.ended and self.place < len(self.tokens) and self._next() not in (".", "]", *_WORDS):
            path = self._path()
            more = True
            while more:
                value = self._term()
                self.found.append(Pattern(subject, path, value, begin))
                more = not self.ended and self._take(",")
            if self.ended or not self._take(";"):
                return
            while self._take(";"):
                pass

    def _term(self) -> str:
        """Read a term; of a blank node with its properties, a name."""
        kind, word, begin = self.tokens[self.place] if self.place < len(self.tokens) else ("", "", 0)
        self.place += 1
        if kind == "variable":
            return f"?{word[1:]}"
        if kind == "mark" and word in "+-":
            return word + self._term()
        if kind == "mark" and word == ":":  # a prefix alone
            return word
        if kind == "mark" and word == "[":
            name = f"?[{begin}"
            self._properties(name, begin)
            if self.ended or not self._take("]"):
                raise UnclearError
            return name
        if kind not in ("iri", "word", "text"):
            raise UnclearError
        if kind == "text" and self._take("@"):
            self.place += 1
        elif kind == "text" and self._take("^"):
            self.place += 1
            self._term()
        else:
            self.ended = kind == "word" and word.endswith(".")
        return f"?{word}" if word.startswith("_:") else word.rstrip(".") if self.ended else word

    def _path(self) -> Path | None:
        """Read a path; None for a variable."""
        if self.place < len(self.tokens) and self.tokens[self.place][0] == "variable":
            self.place += 1
            return None
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Path("alternative", parts=tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self._take("/"):
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else Path("sequence", parts=tuple(parts))

    def _step(self) -> Path:
        if self._take("^"):
            return Path("inverse", parts=(self._step(),))
        if self._take("("):
            inner = self._path()
            if inner is None or not self._take(")"):
                raise UnclearError
        else:
            inner = Path("", self._iri())
        mark = self._next()
        return Path(_MARKS[mark], parts=(inner,)) if self._take(*_MARKS) else inner

    def _iri(self) -> str:
        word = self._term()
        if word == "a":
            return TYPE.value
        if word.startswith("<") and ":" in word and "\\" not in word:  # else it depends on a BASE, or is escaped
            return word[1:-1]
        prefix, colon, local = word.partition(":")
        if not colon or prefix not in self.known or "\\" in local or self.ended:
            raise UnclearError
        return self.known[prefix] + local


def nodes(group: Group, known: Mapping[str, str]) -> set[str]:
    """The variables that are subjects or objects of a group's triples; none where these are not clear.

    >>> sorted(nodes(read("VALUES ?this ?a <x:p> ?b ; ?p ?c. FILTER NOT EXISTS"), {}))
    ['a', 'b', 'c']
    """
    try:
        return {name[1:] for one in patterns(group, known) for name in (one.subject, one.object) if name[0] == "?"}
    except UnclearError:
        return set()
