package org.novagpubinder.picture.svg;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The colours, each for light and for dark; texts have a contrast of 4.5 at least, signs and lines of 3 (WCAG 2, AA). */
public enum Palette {
    /** Behind everything. */
    BACK("#ffffff", "#0f1318"),
    /** A node's band. */
    CARD("#f4f6f9", "#171d25"),
    /** A guest or a GPU. */
    BOX("#ffffff", "#202832"),
    /** Lines around cards and boxes. */
    EDGE("#d3dae3", "#38434f"),
    /** The part of a bar that is free. */
    TRACK("#dde4ec", "#303a46"),
    TEXT("#1b2430", "#e6ebf2"),
    /** What one reads second. */
    DIM("#556172", "#a0acbb"),
    /** Used memory, GPUs, distances. */
    ACCENT("#3f68b8", "#7ea6f4"),
    GOOD("#1a7a4b", "#4cc38a"),
    /** Holds from the next start on. */
    WAIT("#8a5a00", "#e3b341"),
    BAD("#c02c26", "#ff7b72");

    final String light;
    final String dark;

    Palette(String light, String dark) {
        this.light = light;
        this.dark = dark;
    }

    /** Names its variable and its classes; by itself it is the class of a page's words. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Rules for each colour as fill and as stroke in an SVG; no variables, which some of its readers do not know. */
    static String svgRules() {
        return rules(p -> p.light) + "@media (prefers-color-scheme:dark){" + rules(p -> p.dark) + "}";
    }

    private static String rules(java.util.function.Function<Palette, String> shade) {
        return Stream.of(values())
                .map(p -> ".pic ." + p.fill() + "{fill:" + shade.apply(p) + "}.pic ." + p.stroke() + "{stroke:"
                        + shade.apply(p) + "}")
                .collect(Collectors.joining());
    }

    /** Variables for each colour, for a page. */
    public static String htmlVariables() {
        return ":root{color-scheme:light dark;" + variables(p -> p.light) + "}"
                + "@media (prefers-color-scheme:dark){:root{" + variables(p -> p.dark) + "}}";
    }

    private static String variables(java.util.function.Function<Palette, String> shade) {
        return Stream.of(values())
                .map(p -> "--" + p.word() + ":" + shade.apply(p))
                .collect(Collectors.joining(";"));
    }

    /** The class that fills with it. */
    public String fill() {
        return "f-" + word();
    }

    /** The class that draws lines with it. */
    String stroke() {
        return "s-" + word();
    }
}
