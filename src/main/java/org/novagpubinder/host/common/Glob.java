package org.novagpubinder.host.common;

/**
 * A pattern for names: {@code *} is any run of characters, also none, {@code ?} is any one character, everything else is
 * itself. Upper and lower case differ, as they do in Nova's names.
 */
public record Glob(String text) {
    public boolean matches(String name) {
        return matches(name.codePoints().toArray(), false);
    }

    /** Whether every name of the other pattern is one of this too. */
    public boolean covers(Glob other) {
        // read as a name, the other's * can only be taken by a * here: then so is whatever it stands for
        return matches(other.text.codePoints().toArray(), true);
    }

    /** In time linear in both, or their product at worst: at a mismatch only the last star takes one character more. */
    private boolean matches(int[] name, boolean patterns) {
        int[] glob = text.codePoints().toArray();
        int g = 0;
        int n = 0;
        int star = -1;
        int taken = 0;
        while (n < name.length) {
            if (g < glob.length && glob[g] == '*') {
                star = g++;
                taken = n;
            } else if (g < glob.length && (glob[g] == name[n] || (glob[g] == '?' && !(patterns && name[n] == '*')))) {
                g++;
                n++;
            } else if (star >= 0) {
                g = star + 1;
                n = ++taken;
            } else {
                return false;
            }
        }
        while (g < glob.length && glob[g] == '*') {
            g++;
        }
        return g == glob.length;
    }

    @Override
    public String toString() {
        return text;
    }
}
