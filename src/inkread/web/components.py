"""Our own Streamlit components, around the same modules that /pad serves.

Each imports its module from where it is served: inline code would be sent at every rerun.
"""

import base64
import html
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from inkread.reader import Reader
from inkread.readings import DigitReading, PageReading
from inkread.web.answers import evidence_answer, ink_answer, page_answer

_MOUNT = """
const mounted = new WeakMap();
export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const root = parentElement.querySelector(".root");
  const existing = mounted.get(root);
  if (existing) {
    existing.part?.update(data);
    return;
  }
  const state = {};
  mounted.set(root, state);
  import(new URL("pad/%(module)s", document.baseURI).href).then(
    ({ %(mount)s: mount }) => {
      if (mounted.get(root) !== state) return;
      state.part = mount(root, data, { setTriggerValue, setStateValue });
    },
    () => { root.querySelector(".missing").hidden = false; },
  );
  return () => {
    mounted.delete(root);
    state.part?.destroy();
  };
}
"""


def _component(name: str, module: str, mount: str, what: str) -> Any:  # noqa: ANN401  # Streamlit's
    missing = f'<p class="missing" hidden>{what} could not be loaded. Reload the page.</p>'
    return st.components.v2.component(
        f"inkread_{name}",
        html=f'<div class="root">{missing}</div>',
        js=_MOUNT % {"module": module, "mount": mount},
    )


_pad = _component("pad", "pad.js", "mountPad", "The drawing pad")
_reading = _component("reading", "answer.js", "mountAnswer", "The reading")
_numbers = _component("numbers", "numbers.js", "mountNumbers", "The picture with its numbers")
_paste = _component("paste", "sending.js", "mountPaste", "Pasting")
_last = _component("last", "sending.js", "mountLast", "Your drawing")


def drawing_pad(store: str, query: dict[str, str | float]) -> None:
    """Show the pad; it reads by itself, without rerunning the page.

    Args:
        store: the name under which the browser keeps the drawing while its tab is open.
        query: how the API is to read: its parameters.
    """
    _pad(key=store, data={"api": f"api/v1/read?{urlencode(query)}", "store": store})


def show_reading(reading: DigitReading, reader: Reader, key: str) -> None:
    """Show a reading as the pad does: the digit, how sure, all ten, the ink, and what decided.

    Args:
        reading: by `reader`.
        reader: that finds out what decided.
        key: of the component, other for each on a page.
    """
    told = reading.as_dict() | {"ink": ink_answer(reading.ink)}
    _reading(key=key, data={"reading": told, "evidence": evidence_answer(reader.evidence(reading))})


def show_numbers(
    reading: PageReading, picture: str, key: str, store: str
) -> list[dict[str, Any]] | None:
    """Show a picture with the numbers that were read, to look at closely and to mend.

    Args:
        reading: of the picture.
        picture: its address; a data URL.
        key: of the component, other for each on a page.
        store: the name under which the browser keeps what is mended while its tab is open.

    Returns:
        The numbers as the visitor has them: `line`, its place in the reading or None where it
        was added, `text`, and whether it was `removed`. None where nothing was mended.
    """
    told = page_answer(reading, with_ink=True).model_dump()
    told |= {"picture": picture, "store": store}
    mended = _numbers(key=key, data=told, on_mended_change=lambda: None).mended
    return mended["rows"] if mended and mended["store"] == store else None


def paste_button() -> None:
    """Show a button that puts a picture from the clipboard among the uploads; so does Ctrl+V."""
    _paste(key="paste", data={})


def show_picture(address: str, about: str, caption: str = "") -> None:
    """Show a picture, with words for those who do not see it.

    Args:
        address: of the picture; a data URL.
        about: what it shows.
        caption: under it.
    """
    image = f'<img alt="{html.escape(about)}" src="{address}" style="border-radius:8px;width:100%">'
    words = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    st.html(f'<figure style="margin:0">{image}{words}</figure>')


def last_drawing(store: str) -> bytes | None:
    """Return the visitor's drawing, which their browser keeps, as a PNG; None until there is one.

    Args:
        store: the name that the pad keeps it under.
    """
    value = _last(
        key=f"last {store}", data={"store": store}, on_drawing_change=lambda: None
    ).drawing
    return base64.b64decode(value) if value else None
