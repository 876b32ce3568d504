# SPDX-License-Identifier: GPL-2.0-only
#
# A table that is written row by row as the figures come, as plain text or as Markdown.


class Table:
    """Columns are (title, width); a negative width aligns to the left."""

    def __init__(self, columns, markdown):
        self.columns, self.markdown = columns, markdown
        if markdown:
            self._line(title for title, _ in columns)
            self._line("---" if width < 0 else "---:" for _, width in columns)
        else:
            self.row(*(title for title, _ in columns))

    def row(self, *values):
        if len(values) != len(self.columns):
            raise ValueError("a row of another length")
        if self.markdown:
            self._line(values)
        else:
            cells = (f"{value:<{-width}}" if width < 0 else f"{value:>{width}}"
                     for value, (_, width) in zip(values, self.columns))
            print(" ".join(cells).rstrip(), flush=True)

    @staticmethod
    def _line(values):
        print("| " + " | ".join(str(value).replace("<", "&lt;") for value in values) + " |", flush=True)


def number(value, digits=0):
    """With thousands separated; `-` for what was not measured."""
    return "-" if value is None else format(value, f",.{digits}f")
