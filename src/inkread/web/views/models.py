"""The models: what each scores, how it was trained, and how they compare."""

from typing import Any

import numpy as np
import streamlit as st

from inkread.data.labelled import LabelledSet
from inkread.evaluation import compare, hundredths
from inkread.models import collection
from inkread.models.digits import drawn_digits
from inkread.web import charts
from inkread.web.cards import known_card, model_answer
from inkread.web.readers import shared_readers
from inkread.web.sidebar import how


def show_models(names: list[str]) -> None:
    """Show a row a model."""
    rows = []
    for name in names:
        known = model_answer(name, shared_readers())
        accuracies = {
            set_: each["accuracy"] for set_, each in known.figures.items() if "accuracy" in each
        }
        rows.append(
            {
                "model": known.name,
                "parameters": known.parameters,
                "size, kB": round(known.size_bytes / 1000),
                "made": known.made,
            }
            | accuracies
        )
    shares = {key: st.column_config.NumberColumn(format="percent") for row in rows for key in row}
    for plain in ("model", "parameters", "size, kB", "made"):
        shares.pop(plain)
    st.dataframe(rows, hide_index=True, column_config=shares)


def show_comparison(names: list[str]) -> None:
    """Let several models read the same digits, and put the figures side by side."""
    known = drawn_digits()
    pictures = [np.asarray(each * 255, np.uint8) for each in known.inks]
    ids = tuple(map(str, range(len(pictures))))
    labelled = LabelledSet("drawn digits", pictures, known.labels, ids)
    results = compare([shared_readers().get(name) for name in names], labelled)
    rows = [
        {
            "model": name,
            "size, kB": round(collection.size_bytes(shared_readers().path(name)) / 1000),
            "right": hundredths(each.digits.accuracy),
            "refused": hundredths(each.digits.refused),
            "calibration error": round(each.digits.ece, 4),
            "ms a picture": round(each.milliseconds, 2),
        }
        for name, each in zip(names, results, strict=True)
        if each.digits
    ]
    st.dataframe(rows, hide_index=True)
    st.write(f"{len(pictures)} digits in three fonts, drawn for this.")


def show_history(epochs: list[dict[str, float]]) -> None:
    """Show how the network learned."""
    left, right = st.columns(2)
    left.altair_chart(charts.history(epochs, "loss", "Loss"))
    right.altair_chart(charts.history(epochs, "validation_accuracy", "Held-out accuracy"))


def show_evaluations(evaluations: list[dict[str, Any]]) -> None:
    """Show what a model scores on a set that is chosen among those it was evaluated on."""
    by_name = {each["name"]: each for each in evaluations}
    name = st.selectbox("Set", list(by_name), help="Sets that it was evaluated on.")
    chosen = by_name[name]
    if digits := chosen.get("digits"):
        with st.container(horizontal=True):
            st.metric("Right", hundredths(digits["accuracy"]))
            st.metric("Refused", hundredths(digits["refused"]))
            st.metric("Calibration error", hundredths(digits["ece"]))
        left, right = st.columns(2)
        left.markdown("**What each digit was read as**")
        left.altair_chart(charts.confusion(digits["confusion"]))
        if bins := digits.get("bins"):  # cards of early imports have none
            right.markdown("**As sure as it is right?**")
            right.altair_chart(charts.reliability(bins))
    else:
        st.metric("Refused", hundredths(chosen["others"]["refused"]))
    st.markdown("**The surest mistakes**, by the picture's name in its set")
    rows = [
        {key: str(each[key]) for key in ("id", "truth", "best")}
        | {"confidence": hundredths(each["confidence"])}
        for each in chosen["worst"]
    ]
    st.dataframe(rows, hide_index=True)


st.title("Models")
names = shared_readers().names()
reading = how().model or shared_readers().default
st.write(
    f"Now reading single digits with **{reading}**; the sidebar chooses another. "
    "Numbers are read by networks of their own."
)
show_models(names)
if len(names) > 1:
    st.header("Side by side")
    several = st.multiselect("Models", names, default=names[:2])
    if len(several) > 1 and st.button("Compare"):
        with st.spinner("Reading the same digits with each"):
            show_comparison(several)
else:
    st.write("`inkread models import FILE --name NAME` adds your own, to compare and to read with.")
st.header(f"The card of {reading}")
card = known_card(reading, shared_readers())
if history := card.get("history"):
    show_history(history)
if evaluations := card.get("evaluations"):
    show_evaluations(evaluations)
else:
    st.write(
        f"It has no figures: `inkread evaluate {reading} --data SET` shows some. "
        "Where INKREAD_DATA names a folder with data sets, an import measures a model on them."
    )
