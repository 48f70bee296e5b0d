"""Adding: a record made of words as remembered and of what a curator says of them, put into a file where it builds."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kg.curate.changes import brought, content, make
from kg.curate.formatting import order
from kg.curate.known import classes, introduced, needed, quotes_of, records_of, slug_of, sources_of
from kg.curate.passages import Near, find_near, quote_of
from kg.errors import Fault, QueryError, nearest
from kg.facts.reading import ENGLISH, apart, folded, missing, named_in, until
from kg.facts.records import Record, fact_files
from kg.facts.sources import Source
from kg.facts.yaml_edit import Plain, append
from kg.facts.yaml_text import read_plain
from kg.project import Project
from kg.rdf import iris
from kg.rdf.context import Context
from kg.rdf.edtf import read_edtf
from kg.rdf.ontology import Vocabulary, read_vocabulary
from kg.rdf.terms import EDTF, RDFS, SKOS, text_of


class Wanted(NamedTuple):
    """What a curator says of words: the source, the thing's id and class, further words and values, basis and note.

    What is "" is proposed. Several words are several passages, of which the last names the thing. `picks` say which
    of the places found is meant, from 1, for each of the words in their order that stand at several.
    """

    words: tuple[str, ...]
    source: str = ""
    id: str = ""
    type: str = ""
    said: tuple[tuple[str, str], ...] = ()
    basis: str = ""
    note: str = ""
    file: str = ""
    picks: tuple[int, ...] = ()


class Proposed(NamedTuple):
    """A record with the file that it belongs into, the passage that it quotes, and the words that the shapes of its
    class need and it does not have.
    """

    path: Path
    record: dict[str, Plain]
    source: Source
    passage: Near
    needs: tuple[str, ...] = ()


def propose(project: Project, wanted: Wanted) -> Proposed:
    """The record for some words; QueryError says what is missing, with what there is to choose from."""
    vocabulary = read_vocabulary(project.ontology, project.base)
    sources = sources_of(project)
    source = _source(sources, wanted.source)
    picks = iter(wanted.picks)
    passages = [_passage(source, words, picks) for words in wanted.words]
    if left := list(picks):
        raise QueryError(
            f"--pick {left[0]}: the words stand at one place, or each has its --pick already; leave it out"
        )
    passage = passages[-1]
    exact = source.text[passage.start : passage.end]
    every = " … ".join(source.text[one.start : one.end] for one in passages)
    known = dict(introduced(project))
    quotes = [_quote(source, one) for one in passages]
    record: dict[str, Plain] = {"quote": quotes if len(quotes) > 1 else quotes[0]}
    kind = _type(vocabulary, wanted, known, exact, source)
    named = next((value for word, value in wanted.said if word == "name"), exact)
    record["id"] = wanted.id or new_id(named, known)
    if kind:
        record["type"] = kind
    said = dict(_values(vocabulary.context, wanted.said))
    if kind and "name" in vocabulary.context.terms and "name" not in said:
        word, value = name_for(vocabulary.context, exact, source)
        record[word] = value
    if (date := date_in(vocabulary, every, source, kind)) and not said.keys() & _dates(vocabulary.context):
        said[date[0]] = date[1]
    record |= said
    record |= {key: value for key, value in (("basis", wanted.basis), ("note", wanted.note)) if value}
    record = {key: record[key] for key in order(list(record))}
    needs = tuple(word for word in needed(vocabulary, kind) if word not in record) if kind else ()
    return Proposed(file_for(project, source, wanted.file, passage.start), record, source, passage, needs)


def add(project: Project, proposed: Proposed) -> int:
    """Put a record into its file, and give the line on which it begins; FactError with what keeps it from building,
    and the file as it was.
    """
    path = proposed.path
    data = content(path)
    before = (data or b"").decode("utf-8")
    after = append(before or f"source: {proposed.source.id}\nfacts:\n", "facts", proposed.record)
    make(project, {path: data}, {path: after.encode()})
    return first_difference(before, after)


def check(project: Project, proposed: Proposed) -> list[Fault]:
    """What would keep a record from building, with nothing written."""
    data = content(proposed.path)
    begun = (data or b"").decode("utf-8") or f"source: {proposed.source.id}\nfacts:\n"
    return brought(project, {proposed.path: append(begun, "facts", proposed.record).encode()})


def citing(project: Project, words: str) -> list[tuple[Record, str]]:
    """The records whose quotes overlap with words as remembered, or hold them, each with the words that it quotes."""
    sources = sources_of(project)
    near = {
        ident: [one for one in find_near(source.text, words, 50) if one.score == 100]
        for ident, source in sources.items()
    }
    found = []
    for record in records_of(project):
        source = sources.get(record.source)
        for quote in record.quotes if source else ():
            start = source.text.find(f"{quote.prefix}{quote.exact}{quote.suffix}") if source else -1
            begin = start + len(quote.prefix)
            if start >= 0 and any(
                begin < one.end and one.start < begin + len(quote.exact) for one in near[record.source]
            ):
                found.append((record, str(quote.exact)))
                break
    return found


def _source(sources: Mapping[str, Source], ident: str) -> Source:
    if ident in sources:
        return sources[ident]
    if not ident and len(sources) == 1:
        return next(iter(sources.values()))
    hint = nearest(ident, sources) if ident else ""
    raise QueryError(
        f"{f'no source is called {ident!r}{hint}' if ident else 'give --source'}; there are {', '.join(sources)}"
    )


def _passage(source: Source, words: str, picks: Iterator[int]) -> Near:
    found = find_near(source.text, words, MOST)
    if not found:
        raise QueryError(f"nothing in {source.id} is like “{words[:80]}”; look at data/sources/{source.file}")
    if found[0].score < 100 or len(found) > 1:
        if pick := next(picks, 0):
            if pick > len(found):
                raise QueryError(f"--pick {pick}: there are {len(found)} passages like “{words[:80]}”")
            return found[pick - 1]
        told = "\n".join(f"  {number}. {_around(source.text, one)}" for number, one in enumerate(found[:SHOWN], 1))
        told += f"\n  and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        why = "stands more than once" if found[0].score == 100 else "does not stand so in the source"
        raise QueryError(f"“{words[:80]}” {why}; choose with --pick, or give other words:\n{told}")
    return found[0]


MOST, SHOWN = 200, 10  # places of the same words that one can choose from, and that are shown


def _around(text: str, one: Near) -> str:
    before, after = text[max(0, one.start - 30) : one.start], text[one.end : one.end + 30]
    return " ".join(f"…{before}[{text[one.start : one.end]}]{after}…".split())


def _quote(source: Source, passage: Near) -> Plain:
    try:
        return quote_of(source.text, passage.start, passage.end)
    except ValueError as error:
        raise QueryError(str(error)) from None


def _type(vocabulary: Vocabulary, wanted: Wanted, known: Mapping[str, str], exact: str, source: Source) -> str:
    """The class of a new thing: what is given, or the one class that the words name; none for a thing that is known."""
    every = classes(vocabulary)
    if wanted.id and ":" not in wanted.id and not iris.is_slug(wanted.id):
        raise QueryError(f"--id {wanted.id!r} is not a valid id; use letters, digits and hyphens")
    if wanted.type:
        if wanted.type not in every:
            raise QueryError(
                f"no class is called {wanted.type!r}{nearest(wanted.type, every)}; there are {', '.join(every)}"
            )
        return wanted.type
    if wanted.id and any(ident == wanted.id for ident in known):
        return ""
    fitting = classes_named(vocabulary, exact)
    if len(fitting) == 1:
        return fitting[0]
    proposed = f"; the words name {', '.join(fitting)}" if fitting else ""
    raise QueryError(
        f"give --type for a new thing, or the --id of one that is known{proposed}; there are {', '.join(every)}"
    )


def classes_named(vocabulary: Vocabulary, exact: str) -> list[str]:
    """The classes of which some words have a label."""
    words = folded(exact)
    labels = {RDFS + "label", SKOS + "hiddenLabel"}
    said = {
        text_of(q.subject)
        for q in vocabulary.statements
        if q.predicate.value in labels and named_in(folded(text_of(q.object)), words)
    }
    return [name for name, iri in classes(vocabulary).items() if iri in said]


WITHIN = frozenset("of for the and de du des da di la le van von der v. vs.".split())  # small words within a name
BEGIN = frozenset(  # words that have a capital where a sentence begins with them
    """a an the this that these those it he she they we i you his her its their our my in on at by from of to with for
    as when while where after before since until during if although though because but and or so yet not no even just
    then there here both each every some many most all one two three also only however meanwhile today later earlier
    le la les l' un une des du de d' ce cet cette ces il elle ils elles on nous son sa ses leur leurs dans en au aux par
    pour
    sur avec quand lorsque après avant depuis et ou mais si""".split()
)


def proper_name(exact: str, known: Container[str] = ()) -> str:
    """The first name of two or more words with capitals in some words, or of capitals alone, that is not known; ""
    where there is none, or the words are a name themselves.

    >>> proper_name("the NYU law professor Rochelle Dreyfuss criticizes it")
    'Rochelle Dreyfuss'
    >>> proper_name("the Licensing Act of 1662, had lapsed")
    'Licensing Act of 1662'
    """
    names = [name for name in _names(exact) if folded(name) not in known]
    found = next((name for name in names if " " in name), next((name for name in names if len(name) > 1), ""))
    return "" if found == exact else found


_END = re.compile(r"(?:['’]s)?[.,;:!?)\]”\"]*\d{0,3}$")  # what may stand behind a name: a genitive, a mark, a footnote


def _names(exact: str) -> Iterator[str]:
    """The runs of words with capitals, with the small words and the years between them, and the words of capitals
    alone.
    """
    run: list[str] = []
    for number, word in enumerate([*exact.split(), ""]):
        bare = word.lstrip("“\"'(‘[")
        core = _END.sub("", bare) if not re.fullmatch(r"[A-Z]\.|v\.|vs\.", bare) else bare
        begins = number == 0 and folded(core) in BEGIN
        capital = core[:1].isupper() and not begins
        if capital or (run and (core in WITHIN or re.fullmatch(r"1\d{3}|20\d\d", core))):
            run.append(core)
        if run and (not core or not (capital or core == run[-1]) or core != bare):  # it ends here
            while run and not run[-1][:1].isupper() and not (run[-1].isdigit() and len(run) > 2 and run[-2] == "of"):
                run.pop()
            if sum(part[:1].isupper() for part in run) >= 2 or (len(run) > 2 and run[-1].isdigit()):
                yield " ".join(run)
            elif len(run) == 1 and run[0].isupper() and len(run[0]) > 1:
                yield run[0]
            run = []


def name_for(context: Context, exact: str, source: Source) -> tuple[str, Plain]:
    """The word for a name, and the name: by its language where the source is in another than the word is for."""
    term = context.terms["name"]
    language = source.languages[0] if source.languages else "en"
    if term.language and term.language.partition("-")[0] != language.partition("-")[0]:
        for word, other in context.terms.items():
            if other.iri == term.iri and other.container == "@language":
                return word, {language: exact}
    return "name", exact


def new_id(exact: str, known: Container[str]) -> str:
    """An id of the words' own letters that nothing has yet."""
    stem = "-".join(slug_of(exact).split("-")[:6]) or "thing"
    number, ident = 2, stem
    while ident in known:
        number, ident = number + 1, f"{stem}-{number}"
    return ident


def _values(context: Context, said: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Plain]]:
    """What is said, several values of a word as a list; QueryError for a word that the context does not have."""
    found: dict[str, list[Plain]] = {}
    for key, value in said:
        if key in context.terms and context.terms[key].iri in ("@id", "@type"):
            raise QueryError(f"-p {key}: give --{'id' if context.terms[key].iri == '@id' else 'type'}")
        if key not in context.terms:
            words = [name for name in context.terms if not name[:1].isupper()]
            raise QueryError(f"no word is called {key!r}{nearest(key, words)}; there are {', '.join(words)}")
        found.setdefault(key, []).append(value)
    for key, values in found.items():
        yield key, values[0] if len(values) == 1 else values


def _dates(context: Context) -> set[str]:
    return {name for name, term in context.terms.items() if term.type == EDTF}


def _dates_of(vocabulary: Vocabulary, kind: str) -> list[str]:
    """The words for dates that a thing of a class can have; of several, those that its shapes ask for."""
    domains: dict[str, set[str]] = {}
    for quad in vocabulary.statements:
        if quad.predicate.value == RDFS + "domain":
            domains.setdefault(text_of(quad.subject), set()).add(text_of(quad.object))
    iri = classes(vocabulary).get(kind, "")
    above = {iri, *vocabulary.superclasses.get(iri, ())}
    terms = vocabulary.context.terms
    every = sorted(_dates(vocabulary.context))
    fitting = [word for word in every if domains.get(terms[word].iri, above) & above] if len(every) > 1 else every
    asked = [word for word in needed(vocabulary, kind) if word in fitting]
    return asked if len(fitting) > 1 and asked else fitting


BEFORE = 24  # characters before a year in which its day and month are looked for


def date_in(vocabulary: Vocabulary, exact: str, source: Source, kind: str = "") -> tuple[str, str] | None:
    """The word for a date of a thing of a class, and the one date that the words give; None where there is none, or
    more than one.
    """
    words = _dates_of(vocabulary, kind)
    years = sorted(set(re.findall(r"(?<!\d)(1\d{3}|20\d\d)(?!\d)", exact)))
    if len(words) != 1 or len(years) != 1:
        return None
    at = exact.index(years[0])
    near = exact[max(0, at - BEFORE) : at + len(years[0])]  # where most languages have the day and the month
    if exact.count(years[0]) == 1 and re.search(r"(?<!\d)\d{1,2}(?!\d)", near):
        exact = near
    days = sorted({int(day) for day in re.findall(r"(?<!\d)(\d{1,2})(?!\d)", exact) if 1 <= int(day) <= 31})
    languages: Sequence[str] = source.languages or ENGLISH
    months = [f"{years[0]}-{month:02}" for month in range(1, 13)]
    for tries in ([f"{month}-{day:02}" for month in months for day in days], months, years):
        fitting = [one for one in tries if _stands(one, exact, languages)]
        if fitting:
            if len(fitting) != 1:
                return None
            last = until(read_edtf(fitting[0]), exact, languages)  # “by 1935” is not 1935
            return words[0], f"../{fitting[0]}" if last else fitting[0]
    return None


def _stands(written: str, exact: str, languages: Sequence[str]) -> bool:
    try:
        date = read_edtf(written)
    except ValueError:
        return False
    return not missing(date, exact, languages) and not apart(date, [exact], languages)


def file_for(project: Project, source: Source, wanted: str = "", at: int | None = None) -> Path:
    """The file of a record: the one that is given; or of those of its source the one that quotes next to an offset, the
    last where none is given; or a new one called after the source.
    """
    if wanted:
        path = (project.root / wanted).resolve()
        if path.suffix not in (".yaml", ".yml") or not path.is_relative_to((project.data / "facts").resolve()):
            raise QueryError(f"{wanted}: facts are added to .yaml files in data/facts")
        return project.root / path.relative_to(project.root.resolve())
    files, _ = fact_files(project.data, project.root)
    read = {path: _said(path) for path in files if path.suffix in (".yaml", ".yml")}
    own = {path: said for path, said in read.items() if said.get("source") == source.id}
    if at is None or not own:
        return list(own)[-1] if own else project.data / "facts" / f"{source.id}.yaml"
    return min(own, key=lambda path: _distance(own[path], source.text, at))


def _said(path: Path) -> dict[str, Any]:
    try:
        said = read_plain(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, yaml.YAMLError):  # a file that cannot be read is none that is added to
        return {}
    return said if isinstance(said, dict) else {}


def _distance(said: Mapping[str, Any], text: str, at: int) -> int:
    """How far from an offset of its source a file quotes next."""
    records = [record for record in said.get("facts") or () if isinstance(record, dict)]
    quotes = [str(quote.exact) for record in records for quote in quotes_of(record)]
    return min((abs(text.find(quote) - at) for quote in quotes if quote and quote in text), default=len(text))


def first_difference(before: str, after: str) -> int:
    """The first line, from 1, on which two texts differ."""
    old, new = before.split("\n"), after.split("\n")
    return next(
        (number for number, line in enumerate(new, 1) if number > len(old) or old[number - 1] != line), len(new)
    )
