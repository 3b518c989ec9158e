import re
import shutil
import subprocess

import pytest

from analoghop.circuit import netlist
from analoghop.circuit.expressions import (
    Current,
    constant_value,
    evaluate,
    format_expression,
    parse_expression,
)
from analoghop.errors import NetlistError

needs_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
VOLTAGES = {"a": -2.0, "b": 3.0, "c": 0.5, "z": 0.0}
SOURCES = "".join(f"V{n} {n} 0 {v}\nR{n} {n} 0 1k\n" for n, v in VOLTAGES.items())


def ngspice(deck, names):
    """The operating point of a deck: the voltages of `names`, or None if ngspice refuses it."""
    prints = "".join(f"print v({name})\n" for name in names)
    text = f"title\n{deck}.control\nset numdgt=15\nop\n{prints}.endc\n.end\n"
    run = subprocess.run(
        ["ngspice", "-b"],
        input=text,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )
    found = dict(re.findall(r"^v\((\w+)\) = (\S+)$", run.stdout, re.MULTILINE))
    return [float(found[name]) for name in names] if len(found) == len(names) else None


IN_SOURCES = """
v(a)^v(b) | v(a)**v(b) | (-2)**3 | 2^3^2 | -2^2 | -v(b)^2 | pow(v(a),v(b)) | pwr(v(a),v(b)) | pow(v(a),v(c))
pwr(v(a),v(c)) | v(a)^2 | v(z)^v(z) | 2^-1^2 | 2^-v(b)^2 | 2*-v(b)^2 | 2--v(b) | 2*+3 | --3 | !!v(b) | !v(c)^0
!v(z)*3 | !v(c)<1 | -!v(z) | !-v(b) | v(b)**v(c)**2 | 8/4/2 | 8-4-2 | 2*3^2 | -v(a)^2*2 | v(a)-v(b)-v(c)-1
ln(v(z)) | log(v(b)) | log10(v(b)) | log10(v(z)) | 1/v(z) | v(z)/v(z) | v(b)/1e-31 | exp(800) | exp(v(b)*5)
tan(v(b)) | asin(v(c)) | acos(v(c)) | asinh(v(a)) | acosh(v(c)+2) | atanh(v(c)) | sinh(v(b)) | cosh(v(a))
floor(v(a)+0.3) | ceil(v(a)+0.3) | nint(v(c)) | nint(1.5+v(z)) | nint(2.5+v(z)) | nint(-0.5+v(z)) | u2(v(c))
u2(3) | u(v(z)) | u(v(a)) | u(v(b)) | uramp(v(a)) | uramp(v(b)) | sgn(v(z)) | sgn(v(a)) | abs(v(a))
tanh(v(c)) | atan(v(a)) | sqrt(v(b)) | sin(1e6*v(b)) | cos(-1e3) | tan(-1000) | min(v(a),v(b))
max(v(a),v(b)) | sin(v(a))*2
pwl(v(b),0,0,2,4,10,8) | pwl(v(a),0,1,2,4,10,8) | pwl(20+v(z),0,1,2,4,10,8) | pwl(v(c), -1, 0, 1, -2)
v(b)>2 ? 1 : 2 | v(b)>2?1:v(a)>0?3:4 | 0?2:0?3:4 | (1?2:3)+1 | 1?2:3+1 | v(z)||1?5:6 | v(a) ? 1 : 2 | v(b)>=3
v(b)<=3 | v(b)==3 | v(b)!=3 | v(b)<>3 | 1<2<1 | 3>2>1 | 1==2>1 | 1!=2>3 | 1==2<3 | v(b)&&v(z) | v(a)||0
1||1&&0 | 0&&0||1 | v(c)&&1 | eq0(v(z)) | ne0(v(z)) | gt0(v(b)) | lt0(v(b)) | ge0(v(z)) | le0(v(z))
ternary_fcn(v(z),2,3) | PI*2 | e | TANH(V(C)) | v(a,b) | v( a , b ) | V(0)+1 | i(va)*1k
{v(b)}*2 | v(b)+{2*3} | v(b)+'2*3' | 1e3k | 2.2nV+1 | 10kOhm | 1M | 1meg | 1MIL | 1F*1e15 | 1a
1x | 1t | 1e | .5 | 5. | 1e3meg | 1D3 | 1e-400 | 1e-3k
"""
"""Expressions that a source of ngspice reads."""
REWRITTEN = [
    "int(v(b)/2)",
    "int(v(a)*0.7)",
    "if(v(z), 2, 3)",
    "max(v(a), v(b), 4)",
    "min(v(b), v(a), v(z), 1)",
]
"""Expressions that it reads only as we write them."""


@pytest.mark.ngspice
@needs_ngspice
def test_sources_have_the_values_of_ngspice():
    texts = re.split(r" \| |\n", IN_SOURCES.strip())
    trees = [parse_expression(text) for text in texts + REWRITTEN]
    written = [format_expression(tree) for tree in trees]
    texts += written[len(texts) :]
    deck, names = SOURCES, []
    for k, (text, again) in enumerate(zip(texts, written, strict=True)):
        deck += f"B{k} o{k} 0 V={text}\nRo{k} o{k} 0 1k\nBw{k} w{k} 0 V={again}\nRw{k} w{k} 0 1k\n"
        names += [f"o{k}", f"w{k}"]
    got = ngspice(deck, names)
    assert got is not None
    assert len(texts) > 120

    def lookup(leaf):
        if isinstance(leaf, Current):
            return -VOLTAGES[leaf.source[1:]] / 1e3
        voltages = VOLTAGES | {"0": 0.0}
        return voltages[leaf.a] - voltages[leaf.b]

    for k, (text, tree) in enumerate(zip(texts, trees, strict=True)):
        expected = pytest.approx(float(evaluate(tree, lookup)), rel=1e-9, abs=1e-12)
        assert got[2 * k] == expected, text
        assert got[2 * k + 1] == expected, format_expression(tree)


IN_PARAMETERS = [
    "2^3^2", "-2^2", "pow(-2,3)", "pwr(-2,3)", "pow(-2,2)", "(-2)^2", "log(3)", "log10(3)", "max(1,2,3)",
    "int(-1.7)",
    "nint(2.5)", "floor(-1.7)", "ceil(-1.7)", "sgn(-2)", "acosh(3)", "3>2 ? 1 : 2", "1||0&&0", "2*-3", "3--2",
    "1e3k", "1meg", "10kOhm", "2/3/4", "!0.3", "tanh(0.5)", "sqrt(2)", "atan(1)", "1<2<1", "exp(2)", "ln(2)",
]  # fmt: skip


@pytest.mark.ngspice
@needs_ngspice
def test_parameters_have_the_values_of_ngspice():
    deck = "".join(f"V{k} p{k} 0 {{{text}}}\nR{k} p{k} 0 1k\n" for k, text in enumerate(IN_PARAMETERS))
    got = ngspice(deck, [f"p{k}" for k in range(len(IN_PARAMETERS))])
    assert got is not None
    for text, number in zip(IN_PARAMETERS, got, strict=True):
        assert number == pytest.approx(constant_value(parse_expression(text)), rel=1e-12), text


@pytest.mark.ngspice
@needs_ngspice
@pytest.mark.parametrize("text", ["atan2(v(a),1)", "round(v(c))", "5%3", "~v(a)", "1 k"])
def test_ngspice_refuses_what_we_refuse(text):
    assert ngspice(f"{SOURCES}B1 o 0 V={text}\nRo o 0 1k\n", ["o"]) is None
    with pytest.raises(NetlistError):
        parse_expression(text)


@pytest.mark.ngspice
@needs_ngspice
@pytest.mark.parametrize("text", ["2k2", "4k7*v(a)", "if(v(a)>0.5,3,4)"])
def test_ngspice_refuses_what_we_read_with_a_notice(text):
    deck = f"t\n{SOURCES}B1 o 0 V={text}\nRo o 0 1k\n.end\n"
    assert ngspice(f"{SOURCES}B1 o 0 V={text}\nRo o 0 1k\n", ["o"]) is None
    (notice,) = netlist.parse(deck).notices
    assert "ngspice 39 refuses" in notice


@pytest.mark.ngspice
@needs_ngspice
def test_tables_are_those_of_ngspice_between_its_rounded_corners():
    inputs = [-3.0, -0.5, 0.5, 1.5, 2.5, 5.0]
    level = parse_expression("pwl(V(a), -2, -2, -1, -2, 1, 2, 3, 3, 4, 3)")
    deck = "".join(
        f"V{k} i{k} 0 {x}\nE{k} o{k} 0 TABLE {{V(i{k})}} = (-1, -2) (1, 2) (3, 3)\nR{k} o{k} 0 1k\n"
        for k, x in enumerate(inputs)
    )
    got = ngspice(deck, [f"o{k}" for k in range(len(inputs))])
    assert got == pytest.approx([float(evaluate(level, lambda leaf, x=x: x)) for x in inputs], abs=1e-9)
