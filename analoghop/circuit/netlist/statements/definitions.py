"""Commands that add definitions to their body: parameters, functions, initial voltages."""

from __future__ import annotations

import re

from analoghop.circuit.netlist.scopes import QUANTITIES_OF_A_RUN, formula, quantity
from analoghop.circuit.netlist.statements.bodies import Body, FunctionText, Setting
from analoghop.circuit.netlist.text.fields import Pair, Word, closing, pairs, words
from analoghop.circuit.netlist.text.lines import DeckLine

_FUNCTION = re.compile(r"\s*\.func\s+([a-z_]\w*)\s*\(([^()]*)\)\s*=?\s*")
_SETTING = re.compile(r"[\s,]*v\s*\(\s*([^\s(),{}'\"=]+)\s*\)\s*=\s*(\{|'|[^\s(),{}'\"=]+)")
_BLANK = re.compile(r"[\s,]*$")


def parameters(body: Body, line: DeckLine) -> None:
    """`.param name=value ...`."""
    form = ".param name=value ..."
    head, found = pairs(line)
    extra = words(line, 0, head)[1:]
    if not found and len(extra) == 2 and not extra[0].braced and extra[0].text.isidentifier():
        name, value = extra  # `.param x 1`
        return define(body, line, Pair(name.text, value.text, value.offset, name.offset), form)
    if extra or not found:
        raise line.error("a parameter needs a name and a value", extra[0].offset if extra else head, form)
    for pair in found:
        define(body, line, pair, form)


def define(body: Body, line: DeckLine, pair: Pair, form: str) -> None:
    """Define one parameter of `body`; a second definition replaces it, with a notice, as in ngspice."""
    if pair.name in QUANTITIES_OF_A_RUN:
        raise line.error(f"`{pair.name}` cannot be a parameter", pair.start, form)
    if pair.name in body.definitions:
        line.notice(f"the parameter `{pair.name}` is defined twice: this one counts", pair.start)
    body.definitions[pair.name] = quantity(line, pair, form, in_expression=True)


def function(body: Body, line: DeckLine) -> None:
    """`.func name(x, y) {expression}`."""
    form = ".func name(x, y) {expression}"
    found = _FUNCTION.match(line.text)
    if not found or not line.text[found.end() :]:
        raise line.error("this defines no function", line.start, form)
    names = tuple(p.strip() for p in found[2].split(",")) if found[2].strip() else ()
    for name in names:
        if not name.isidentifier():
            raise line.error(f"`{name}` cannot be an argument of a function", found.start(2), form)
    if len(set(names)) < len(names):
        raise line.error("two arguments have the same name", found.start(2), form)
    text = Word(line.text[found.end() :], found.end(), True)
    body.functions[found[1]] = FunctionText(names, formula(line, text))


def settings(body: Body, line: DeckLine) -> None:
    """`.ic` and `.nodeset`: `v(node)=value ...`."""
    name = line.text.split()[0]
    target = body.nodeset if name == ".nodeset" else body.initial
    position = line.start + len(name)
    form = f"{name} v(node)=value ..."
    while not _BLANK.match(line.text, position):
        found = _SETTING.match(line.text, position)
        if not found:
            raise line.error("this sets no node", position, form)
        start, position = found.start(2), found.end()
        braced = found[2] in "{'"
        if braced:
            position = closing(line, start)
            start += 1
        word = Word(line.text[start : position - braced], start, braced)
        target.append(Setting(found[1], quantity(line, word, form), line))
