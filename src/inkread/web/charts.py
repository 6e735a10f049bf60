"""The charts of the model page."""

from typing import Any

import altair as alt
import pandas as pd

HEIGHT = 320


def history(epochs: list[dict[str, float]], column: str, title: str) -> alt.Chart:
    """Draw how a figure went from epoch to epoch."""
    table = pd.DataFrame(
        {"Epoch": [each["number"] for each in epochs], title: [each[column] for each in epochs]}
    )
    scale = alt.Scale(type="log") if column == "loss" else alt.Scale(zero=False)
    chart: alt.Chart = (
        alt.Chart(table, height=200)
        .mark_line()
        .encode(x="Epoch:Q", y=alt.Y(f"{title}:Q", scale=scale), tooltip=["Epoch", title])
    )
    return chart


def confusion(counts: list[list[int]]) -> alt.LayerChart | alt.FacetChart:
    """Draw what each digit was read as; mistakes are shaded by how common they are."""
    cells = [
        {"is": truth, "read as": best, "count": count, "mistakes": 0 if truth == best else count}
        for truth, row in enumerate(counts)
        for best, count in enumerate(row)
    ]
    base = alt.Chart(pd.DataFrame(cells), height=HEIGHT).encode(
        x=alt.X("read as:O", axis=alt.Axis(labelAngle=0)), y="is:O"
    )
    shade = alt.Color("mistakes:Q", scale=alt.Scale(scheme="oranges"), legend=None)
    boxes = base.mark_rect().encode(color=shade, tooltip=["is", "read as", "count"])
    return alt.layer(boxes, base.mark_text(fontSize=11, color="#22252b").encode(text="count:Q"))


def reliability(bins: list[dict[str, Any]]) -> alt.LayerChart | alt.FacetChart:
    """Draw the share that is right of the readings that are about equally sure."""
    filled = pd.DataFrame([each for each in bins if each["count"]])
    sure = pd.DataFrame({"confidence": [0, 1], "accuracy": [0, 1]})
    share: dict[str, Any] = {"scale": alt.Scale(domain=(0, 1)), "axis": alt.Axis(format="%")}
    x, y = alt.X("confidence:Q", **share), alt.Y("accuracy:Q", **share)
    size = alt.Size("count:Q", scale=alt.Scale(type="log", range=(20, 300)), legend=None)
    line = alt.Chart(sure, height=HEIGHT).mark_line(strokeDash=[4, 4], color="#8a8a8a")
    points = alt.Chart(filled).mark_circle(opacity=1)
    tooltip = ["count", "confidence", "accuracy"]
    return alt.layer(line.encode(x=x, y=y), points.encode(x=x, y=y, size=size, tooltip=tooltip))
