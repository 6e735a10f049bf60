"""The drawing pad as a Streamlit component, around the same served module as /pad."""

from hashlib import sha256
from pathlib import Path

import streamlit as st

_VERSION = sha256((Path(__file__).parent / "pad" / "pad.js").read_bytes()).hexdigest()[:12]

_HTML = '<div class="root"><p class="missing" hidden>The drawing pad could not be loaded.</p></div>'

# The module is imported from where it is served: inline code would be sent at every rerun.
_JS = """
const mounted = new WeakMap();
export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".root");
  const existing = mounted.get(root);
  if (existing) {
    existing.pad?.redraw(); // the theme may have changed
    return;
  }
  const state = {};
  mounted.set(root, state);
  import(new URL(data.module, document.baseURI).href).then(
    ({ mountLive }) => {
      if (mounted.get(root) === state) state.pad = mountLive(root, data);
    },
    () => { root.querySelector(".missing").hidden = false; },
  );
  return () => {
    mounted.delete(root);
    state.pad?.destroy();
  };
}
"""

_component = st.components.v2.component("inkread_pad", html=_HTML, js=_JS)


def drawing_pad(store: str) -> None:
    """Show the pad; it reads by itself, without rerunning the page.

    Args:
        store: the name under which the browser keeps the drawing while its tab is open.
    """
    data = {"module": f"pad/pad.js?v={_VERSION}", "api": "api/v1/digit", "store": store}
    _component(key=store, data=data)
