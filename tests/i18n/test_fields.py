"""Particles after numbers, signs and names, as they are read aloud."""

import pytest

from rnnviz.i18n.fields import FieldFormatter, needs_formatter, ordinal, with_particle

SAY = FieldFormatter()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        # 영, 일, 이, 삼 … as single figures; ㄹ of 일, 칠, 팔 takes 로.
        (0, "0으로"),
        (1, "1로"),
        (2, "2로"),
        (3, "3으로"),
        (4, "4로"),
        (5, "5로"),
        (6, "6으로"),
        (7, "7로"),
        (8, "8로"),
        (9, "9로"),
        # 십, 백, 천, 만, 십만, 억.
        (10, "10으로"),
        (100, "100으로"),
        ("1,000", "1,000으로"),
        ("10,000", "10,000으로"),
        ("300,000", "300,000으로"),
        ("100,000,000", "100,000,000으로"),
        (21, "21로"),
        # Decimals are read figure by figure.
        ("0.03", "0.03으로"),
        ("0.5", "0.5로"),
        ("0.50", "0.50으로"),
        ("43%", "43%로"),
        ("10⁻³⁷", "10⁻³⁷으로"),
        ("∞", "∞로"),
        ("타임스텝", "타임스텝으로"),
        ("유닛 수", "유닛 수로"),
        ("서울", "서울로"),
    ],
)
def test_the_directional_particle(value, shown):
    assert with_particle(value, "으로", "로") == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("tanh", "tanh는"),
        ("relu", "relu는"),
        ("linear", "linear는"),
        ("LSTM", "LSTM은"),
        ("GRU", "GRU는"),
        ("SimpleRNN", "SimpleRNN은"),
        ("h", "h는"),
        ("x", "x는"),
        (3, "3은"),
        ("50%", "50%는"),
        ("“값”", "“값”은"),
        ("", "은(는)"),
    ],
)
def test_the_topic_particle_after_names(value, shown):
    assert with_particle(value, "은", "는") == shown


def test_only_rieul_is_special_and_only_for_the_directional_particle():
    assert with_particle(1, "을", "를") == "1을"
    assert with_particle(1, "과", "와") == "1과"


def test_ordinals():
    assert [ordinal(step) for step in (1, "1", 2, "11", "1,000")] == [
        "첫 번째", "첫 번째", "2번째", "11번째", "1,000번째",
    ]  # fmt: skip


def test_the_formatter_leaves_every_other_format_alone():
    assert SAY.format("{a:.2f} {b}", a=1 / 3, b="x") == "0.33 x"
    assert SAY.format("{step:번째} {value:으로/로}", step=1, value=20) == "첫 번째 20으로"
    assert [SAY.format("{n:step|steps}", n=n) for n in (1, "1", 2, "1,000")] == [
        "1 step", "1 step", "2 steps", "1,000 steps",
    ]  # fmt: skip
    assert needs_formatter("{a:번째}")
    assert needs_formatter("{a:step|steps}")
    assert not needs_formatter("{a:.2f} 번째")
