package org.novagpubinder.config.oslo;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The types that options have, as oslo.config reads them ({@code oslo_config/types.py}). */
public final class OptionTypes {
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+(_[0-9]+)*");
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?([0-9][0-9_]*\\.?[0-9_]*|\\.[0-9][0-9_]*)([eE][+-]?[0-9]+)?");

    private OptionTypes() {}

    public static OptionType<String> text() {
        return new OptionType<>("any text", text -> text);
    }

    /** Words and what they mean; as in oslo, upper and lower case differ. The map's order is the order of the words. */
    public static <T> OptionType<T> choice(Map<String, T> words) {
        String all = String.join(", ", words.keySet());
        return new OptionType<>(all, text -> {
            T meaning = words.get(text);
            if (meaning == null) {
                throw new BadValue(text.isEmpty() ? "is empty" : "is none of the words");
            }
            return meaning;
        });
    }

    public static OptionType<String> choice(String... words) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String word : words) {
            map.put(word, word);
        }
        return choice(map);
    }

    /** {@code BoolOpt}: case does not matter, white space does. */
    public static OptionType<Boolean> bool() {
        return new OptionType<>("true, yes, on, 1, false, no, off, 0", text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new BadValue(text.isEmpty() ? "is empty" : "is neither true nor false");
        });
    }

    /** {@code IntOpt}: Python's int() of ASCII digits. */
    public static OptionType<Integer> whole(int min, int max, String of) {
        return new OptionType<>(
                "a whole number" + of + " from " + min + " to " + max, text -> (int) number(text, min, max));
    }

    public static OptionType<Duration> seconds(int min, int max) {
        OptionType<Integer> number = whole(min, max, " of seconds");
        return new OptionType<>(number.allowed(), text -> Duration.ofSeconds(number.read(text)));
    }

    /** MiB in the file, KiB as value. */
    public static OptionType<Long> mebibytes(int max) {
        OptionType<Integer> number = whole(0, max, " of MiB");
        return new OptionType<>(number.allowed(), text -> number.read(text) * 1024L);
    }

    /** {@code FloatOpt} that is at least {@code min}; inf and nan, which Python knows, make no sense here. */
    public static OptionType<Double> decimal(double min) {
        return new OptionType<>("a number of " + min + " or more, such as 4.0", text -> {
            String digits = PythonText.strip(text);
            if (!DECIMAL.matcher(digits).matches()) {
                throw new BadValue(digits.isEmpty() ? "is empty" : "is no number");
            }
            double value = Double.parseDouble(digits.replace("_", ""));
            if (value < min || value > 1e9) {
                throw new BadValue(value < min ? "is too small" : "is too large");
            }
            return value;
        });
    }

    /** {@code ListOpt}: comma separated, white space around items stripped, one comma at the end ignored; no quotes. */
    public static <T> OptionType<List<T>> list(OptionType<T> items) {
        return new OptionType<>("a comma separated list: " + items.allowed(), text -> {
            String all = PythonText.strip(text).replaceAll(",+$", "");
            List<T> list = new ArrayList<>();
            if (!all.isEmpty()) {
                int number = 0;
                for (String item : all.split(",", -1)) {
                    number++;
                    try {
                        list.add(items.read(PythonText.strip(item)));
                    } catch (BadValue e) {
                        throw new BadValue("has an item (number " + number + ") that " + e.getMessage());
                    }
                }
            }
            return List.copyOf(list);
        });
    }

    public static OptionType<Path> path() {
        return new OptionType<>("the path of a file", text -> {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new BadValue("is no path: " + e.getReason());
            }
        });
    }

    /** A directory, by its whole path: a relative one would be another for each process that reads the file. */
    public static OptionType<Path> directory() {
        OptionType<Path> path = path();
        return new OptionType<>("the absolute path of a directory", text -> {
            Path directory = path.read(text);
            if (!directory.isAbsolute()) {
                throw new BadValue("is not absolute");
            }
            return directory;
        });
    }

    private static long number(String text, int min, int max) throws BadValue {
        String digits = PythonText.strip(text);
        if (!WHOLE.matcher(digits).matches()) {
            throw new BadValue(digits.isEmpty() ? "is empty" : "is no whole number");
        }
        // longer than any number that is allowed
        boolean longer = digits.length() > 40;
        double magnitude = longer ? Double.POSITIVE_INFINITY : Double.parseDouble(digits.replace("_", ""));
        double value = longer && digits.startsWith("-") ? -magnitude : magnitude;
        if (value < min || value > max) {
            throw new BadValue(value < min ? "is too small" : "is too large");
        }
        return (long) value;
    }
}
