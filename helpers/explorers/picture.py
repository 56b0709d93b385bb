"""The picture of an explorer: how it is packed, and how the pointer drags what it shows.

ipywidgets tells the kernel of controls and keys, but not where the pointer is. anywidget does,
by a few lines of JavaScript that need no build. Where it is missing, nothing can be dragged, and
the sliders move everything as they always do.
"""

import base64
import struct
import sys
import zlib

import numpy as np

try:
    from isal.isal_zlib import compress
except ImportError:  # two milliseconds slower for each picture
    from zlib import compress

try:
    from anywidget import AnyWidget
    from traitlets import List
except ImportError:
    AnyWidget = None

if AnyWidget is None or "google.colab" in sys.modules:  # there it changes how all widgets load
    Pointer = None
else:

    class Pointer(AnyWidget):
        """Areas over the picture below it that tell where the pointer is while it is pressed.

        `size` is the picture's in CSS pixels. `areas` are the left, lower, right and upper
        edges of each area, as shares of the picture. `place` tells the number of the area where
        the pointer was pressed, how far it now is to the right and up, each 1 from edge to
        edge, and the moment, which makes the same place news. ipywidgets sends no place before
        the kernel has done with the one before, and always sends the last.

        It is a widget of its own, without height, and not the picture itself: should it not come
        to life in some notebook, the picture still does. It never takes the keyboard's focus.
        """

        size, areas, place = (List().tag(sync=True) for _ in range(3))
        _esm = """
        export default { render({ model, el }) {
            el.classList.add("course-pointer");
            const picture = el.appendChild(document.createElement("div"));
            const [width, height] = model.get("size");
            Object.assign(picture.style, { width: `${width}px`, aspectRatio: width / height });
            model.get("areas").forEach(([left, lower, right, upper], number) => {
                const area = picture.appendChild(document.createElement("div"));
                const edges = [1 - upper, 1 - right, lower, left];
                area.style.inset = edges.map(share => `${100 * share}%`).join(" ");
                const tell = event => {
                    const box = area.getBoundingClientRect();
                    const x = (event.clientX - box.left) / box.width;
                    const y = (box.bottom - event.clientY) / box.height;
                    model.set("place", [number, x, y, event.timeStamp]);
                    model.save_changes();
                };
                area.onpointerdown = event => {
                    if (event.button !== 0) return;
                    area.setPointerCapture(event.pointerId);
                    tell(event);
                };
                area.onpointermove = event => {
                    if (area.hasPointerCapture(event.pointerId)) tell(event);
                };
            });
        } };
        """
        _css = """
        .course-pointer { position: relative; z-index: 1; height: 0; overflow: visible;
            margin: 0 var(--jp-widgets-margin); }
        .course-pointer > div { position: absolute; top: var(--jp-widgets-margin);
            max-width: 100%; pointer-events: none; }
        .course-pointer > div > div { position: absolute; pointer-events: auto; cursor: grab;
            touch-action: none; user-select: none; }
        .course-pointer > div > div:active { cursor: grabbing; }
        """


# ipywidgets gives a class to whatever belongs to a kernel that has ended, and an icon of its own.
ENDED = """<style>
.explorer .ended { display: none; color: #a00000; background: #fff; font-weight: bold; }
.explorer.jupyter-widgets-disconnected .ended { display: table; }
.explorer.jupyter-widgets-disconnected::before,
.explorer .jupyter-widgets-disconnected::before { content: none; }
</style><div class="ended" role="alert">The kernel has started anew and does not know
this picture: run the cells above again, and then this one.</div>"""


def encode_png(pixels):
    r"""Encode pixels as PNG, fast: compression level 1, no filter.

    `pixels` are uint8 of shape (height, width, 4), as ``canvas.buffer_rgba()`` gives them. A
    drawing is mostly runs of one colour, which deflate shortens well without the filters that
    make general PNG writers slow; ``make bench`` has the figures. The format: W3C, "Portable
    Network Graphics (PNG) Specification (Third Edition)".

    >>> encode_png(np.zeros((2, 3, 4), dtype=np.uint8))[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 4), dtype=np.uint8)  # each row starts with filter 0
    rows[:, 1:] = pixels.reshape(height, width * 4)
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, RGBA
    chunks = ((b"IHDR", header), (b"IDAT", compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def data_url(pixels):
    """Return pixels as an address that holds its picture, for ``<img src=…>``."""
    return "data:image/png;base64," + base64.b64encode(encode_png(pixels)).decode("ascii")
