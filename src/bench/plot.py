"""A picture of samples over time, as SVG."""

PANELS = (("memory, MiB", ("rss_mib", "pss_mib", "anonymous_mib", "heap_mib")), ("threads, file descriptors", ("threads", "fds")),
          ("guests that run", ("running",)), ("lines of warnings and errors", ("warnings", "errors")))
COLOURS = ("#1f5fa8", "#c25b12", "#2c8a4b", "#8a4bb0")
WIDTH, HEIGHT, LEFT, GAP = 820, 130, 60, 34


def draw(file, columns, rows):
    """Panels one below the other, each with its lines from zero up."""
    last = max(rows[-1][0], 1)
    parts = []
    for number, (title, names) in enumerate(PANELS):
        top = number * (HEIGHT + GAP) + 24
        most = max(max(row[columns.index(name)] for row in rows) for name in names) * 1.08 or 1
        parts.append('<text x="%d" y="%d" font-weight="bold">%s</text>' % (LEFT, top - 8, title))
        parts.append('<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#999"/>' % (LEFT, top, WIDTH, HEIGHT))
        for value in (0, most):
            parts.append('<text x="%d" y="%d" text-anchor="end">%.0f</text>' % (LEFT - 5, top + 4 + HEIGHT * (1 - value / most), value))
        for i, name in enumerate(names):
            points = " ".join("%.1f,%.1f" % (LEFT + WIDTH * row[0] / last, top + HEIGHT * (1 - row[columns.index(name)] / most))
                              for row in rows)
            parts.append('<polyline points="%s" fill="none" stroke="%s"/>' % (points, COLOURS[i]))
            parts.append('<text x="%d" y="%d" fill="%s">%s</text>' % (LEFT + WIDTH + 6, top + 14 + 16 * i, COLOURS[i], name))
    height = len(PANELS) * (HEIGHT + GAP) + 30
    parts.append('<text x="%d" y="%d">0</text><text x="%d" y="%d" text-anchor="end">%.0f min</text>'
                 % (LEFT, height - 20, LEFT + WIDTH, height - 20, last / 60))
    with open(file, "w") as f:
        f.write('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">'
                '<rect width="100%%" height="100%%" fill="white"/>%s</svg>\n' % (LEFT + WIDTH + 120, height, "\n".join(parts)))
