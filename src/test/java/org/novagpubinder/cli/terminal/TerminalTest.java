package org.novagpubinder.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
    @Test
    void theLocaleIsThatOfTheFirstVariableThatSaysOne() {
        assertThat(Terminal.utf8(Map.of("LANG", "de_DE.UTF-8"))).isTrue();
        assertThat(Terminal.utf8(Map.of("LANG", "C.utf8"))).isTrue();
        assertThat(Terminal.utf8(Map.of("LANG", "en_US.UTF-8", "LC_ALL", "C"))).isFalse();
        assertThat(Terminal.utf8(Map.of("LANG", "de_DE@euro", "LC_CTYPE", ""))).isFalse();
        assertThat(Terminal.utf8(Map.of())).isFalse();
    }

    @Test
    void inAsciiEverythingKeepsItsColumn() {
        String text = "✓ a  ✗ b  … c ┌─┐ │█░│ é \uD83D\uDE00.";

        assertThat(Ascii.of(text)).isEqualTo("+ a  x b  ~ c +-+ |#.| ? ?.");
    }

    @Test
    void aSentenceBehindALabelHangsBelowItsBeginning() {
        assertThat(Prose.hanging("  why: ", "one two three", 14)).isEqualTo("  why: one two\n       three\n");
    }
}
