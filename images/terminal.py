"""Makes a picture of a terminal: reads what `tmux capture-pane -e -p` prints, and writes an SVG.

Usage: terminal.py WIDTH TITLE DESCRIPTION < CAPTURE > PICTURE

The text stays text, and each line keeps its place whatever the font is. rich does the work. It knows one theme, so it
runs twice, and a media query chooses. Nothing is loaded from elsewhere.
"""

import io
import sys
from html import escape

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

# The colours of the diagrams (images/style.css): the page, the text, and then the eight colours of a terminal.
LIGHT = ("#ffffff", "#1b1f24",
         ["#24292f", "#c2262e", "#1f883d", "#9a6700", "#2f6fde", "#8250df", "#0f7285", "#6e7781"])
DARK = ("#0d1117", "#e6edf3",
        ["#10151c", "#ff7b72", "#3fb950", "#d9a520", "#58a6ff", "#bc8cff", "#56d4dd", "#9da7b3"])

# The parts of rich's picture, one after the other.
PARTS = "{styles}\0{backgrounds}\0{matrix}\0{lines}\0{terminal_width:.0f}\0{terminal_height:.0f}"

PICTURE = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Made by scripts/screenshots.sh: do not edit by hand. -->
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="-12 -8 {width} {height}" role="img" aria-labelledby="title desc">
<title id="title">{title}</title>
<desc id="desc">{description}</desc>
<style>
text {{ font: 20px ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; white-space: pre }}
.page {{ fill: {light_page}; stroke: #8c959f }}
.light rect {{ fill-opacity: .3 }}
.dark {{ display: none }}
{light_styles}
@media (prefers-color-scheme: dark) {{
.page {{ fill: {dark_page}; stroke: #3d4650 }}
.light {{ display: none }}
.dark {{ display: inline }}
{dark_styles}
}}
</style>
<defs>{lines}</defs>
<rect class="page" x="-11.5" y="-7.5" width="{frame_width}" height="{frame_height}" rx="6"/>
<g class="light">{light_backgrounds}</g>
<g class="dark">{dark_backgrounds}</g>
{matrix}
</svg>
"""


def rgb(colour):
    """#1b1f24 as three numbers."""
    return tuple(bytes.fromhex(colour[1:]))


def parts(capture, width, colours):
    """What rich makes of the capture in these colours, as a list of parts."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor",
                      highlight=False)
    console.print(Text.from_ansi(capture), soft_wrap=True)
    page, text, ansi = colours
    theme = TerminalTheme(rgb(page), rgb(text), [rgb(it) for it in ansi])
    return console.export_svg(theme=theme, code_format=PARTS, unique_id="t").split("\0")


def main():
    width, title, description = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    capture = sys.stdin.read().rstrip("\n")
    light, dark = parts(capture, width, LIGHT), parts(capture, width, DARK)
    if light[2] != dark[2]:
        sys.exit("terminal.py: two colours are the same in one theme and not in the other")
    width, height = int(light[4]) + 24, int(light[5]) + 16
    print(PICTURE.format(
        width=width, height=height, frame_width=width - 1, frame_height=height - 1,
        title=escape(title), description=escape(description),
        light_page=LIGHT[0], light_styles=light[0], light_backgrounds=light[1],
        dark_page=DARK[0], dark_styles=dark[0], dark_backgrounds=dark[1],
        lines=light[3], matrix=light[2].replace("</text>", "</text>\n").rstrip()), end="")


if __name__ == "__main__":
    main()
