package org.novagpubinder.cli.files;

/** Tells, line by line, where one JSON text ends and the next begins, without parsing it. */
final class JsonBoundary {
    private int depth;
    private int last;

    /**
     * Takes a line, and tells whether the text ends with it: all brackets are closed, or the line ends inside a string, so
     * that nothing can mend it. Then the next line begins a new text.
     */
    boolean ends(byte[] line, int length) {
        boolean string = false;
        for (int i = 0; i < length; i++) {
            byte b = line[i];
            if (string) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    string = false;
                }
                continue;
            }
            switch (b) {
                case '"' -> string = true;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
            if (b > ' ') {
                last = b;
            }
        }
        if (string || depth <= 0) {
            reset();
            return true;
        }
        return false;
    }

    /**
     * Whether a line that begins with a brace can belong to the open text: only as an element of an array, not as a field's name. Otherwise the open
     * text was cut off, and the line is a new one.
     */
    boolean takesBrace() {
        return last == '[' || last == ',';
    }

    void reset() {
        depth = 0;
        last = 0;
    }
}
