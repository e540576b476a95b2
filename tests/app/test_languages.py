"""Every page in both languages, with no string of the other."""

import json
import re
import struct

import pytest
from google.protobuf.descriptor import FieldDescriptor

from rnnviz.i18n.glossary import glossary
from rnnviz.lessons.registry import lessons
from rnnviz.spec.perspective import LENSES, PAGES
from tests.app.test_app import run
from tests.i18n.spoken import spoken

GLOSSARY = tuple(f"- **{name}**" for name in glossary()[0].names.values())
LOCALES = {"en": "en-US", "ko": "ko-KR"}
QUERIES = [
    *(f"page={page}" for page in PAGES),
    *(f"lens={lens}" for lens in LENSES),
    # Of each lesson the first card and a task; tests/lessons reads the words of all of them.
    *(f"lesson={name}&card={card}" for name in lessons() for card in (0, 2)),
    "page=keras&view=summary&signal=text&text=a",
    "page=keras&view=code",
    "page=keras&cell=LSTM&units=4,4&return_sequences=0,1",
    "page=compare&difference=1",
    "page=compare&side=b",
    "presentation=1",
    "timesteps=banana&nonsense=1&hidden=nothing&lesson=nothing&v=1",
    "units=8,4,2&activation=tanh,relu,linear",
    "activation=linear&weight_scale=10&timesteps=400",
    "weight_scale=0",
    "cell=LSTM",
]
# Texts that are the same in every language: the switch itself, code, what the visitor wrote.
SAME = ("English", "한국어", "nonsense", "banana", "nothing")
READ = {
    *(
        "label",
        "help",
        "body",
        "placeholder",
        "options",
        "caption",
        "text",
        "value",
        "format_strings",
    ),
    *("content", "title"),
}
# Names of things, and shapes as Keras writes them: Korean text uses both as they are.
NAMES = re.compile(
    r"\b(?:SimpleRNN|LSTM|GRU|Keras|NumPy|PyTorch|Bidirectional|Embedding)\b|\(batch, [^)]*\)"
)
ENGLISH_RUN = re.compile(r"[A-Za-z]{2,}(?:[ ,;:]+[A-Za-z]{2,}){2,}")


def strings_of(message, field=""):
    """Every string of a protocol message that is meant to be read."""
    for descriptor, value in message.ListFields():
        several = value if descriptor.is_repeated else [value]
        for one in several:
            if descriptor.type == FieldDescriptor.TYPE_MESSAGE:
                if hasattr(one, "ListFields"):
                    yield from strings_of(one, descriptor.name)
            elif descriptor.type == FieldDescriptor.TYPE_STRING and descriptor.name in READ:
                yield one


def strings_of_component(proto):
    """The words in what a component of ours is sent: the header of a payload, or plain JSON."""
    if proto.bytes[:1] == b"{":
        data = json.loads(proto.bytes)
    elif proto.HasField("bytes") and len(proto.bytes) > 24:
        (length,) = struct.unpack_from("<I", proto.bytes)
        # The training's frames begin with their header, pictures with checksum and cursor first.
        start = 4 if proto.bytes[4:6] == b'{"' else 24
        data = json.loads(proto.bytes[start : start + length])
    else:
        return
    yield from strings_of_json(data, "")


def strings_of_json(data, key):
    if isinstance(data, dict):
        for name, value in data.items():
            yield from strings_of_json(value, key if key == "words" else name)
    elif isinstance(data, list):
        for value in data:
            yield from strings_of_json(value, key)
    elif isinstance(data, str) and key in (
        "words",
        "text",
        "title",
        "verdict",
        "highTitle",
        "lowTitle",
        "missingTitle",
    ):
        yield data


def walk(block):
    for child in block.children.values():
        proto = getattr(child, "proto", None)
        if proto is not None and hasattr(proto, "ListFields"):
            if child.type == "bidi_component":
                yield from strings_of_component(proto)
            else:
                yield from strings_of(proto)
        if hasattr(child, "children"):
            yield from walk(child)


def shown(at):
    texts = list(walk(at._tree))
    assert len(texts) > 10
    for text in texts:
        if text.startswith(GLOSSARY):
            continue  # the one list that shows both languages on purpose
        plain = re.sub(
            r"<style.*?</style>|`[^`]*`|:material/\w+:|\$[^$]*\$|https?:\S*", " ", text, flags=re.S
        )
        for same in SAME:
            plain = plain.replace(same, " ")
        yield plain


def english_sentences():
    """English sentences of several words that Korean says otherwise, as patterns."""
    english, korean = spoken("en").sentences, spoken("ko").sentences
    for key, sentence in english.items():
        # A noun in its field, as in "{networks:network|networks}", leaves nothing to look for.
        said = re.search(r"[A-Za-z]{2,}", re.sub(r"\{[^}]*\}", "", sentence))
        if said and sentence != korean[key] and len(re.findall(r"[A-Za-z]{2,}", sentence)) > 1:
            yield re.compile(re.sub(r"\\{\w*[^}]*\\}", ".*?", re.escape(sentence)))


ENGLISH = list(english_sentences())


@pytest.mark.parametrize("query", QUERIES)
def test_english_shows_no_hangul(query):
    at = run(query, LOCALES["en"])
    assert not at.exception
    assert [text for text in shown(at) if re.search(r"[가-힣ㄱ-ㆎ]", text)] == []


@pytest.mark.parametrize("query", QUERIES)
def test_korean_shows_no_english_sentence(query):
    at = run(query, LOCALES["ko"])
    assert not at.exception
    texts = list(shown(at))
    assert any(re.search(r"[가-힣]", text) for text in texts)
    assert [
        text for text in texts if any(pattern.fullmatch(text.strip()) for pattern in ENGLISH)
    ] == []
    assert [text for text in texts if ENGLISH_RUN.search(NAMES.sub(" ", text))] == []
