package org.novagpubinder.config.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values are those that oslo.config 9.0.0 gives for the same files. */
class IniParserTest {
    private static final Path FILE = Path.of("nova.conf");

    private final Problems problems = new Problems();

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a=1,1",
                "a = 1 ,1",
                "a: 1,1",
                "a: b=c,b=c",
                "a=b:c,b:c",
                "a = 1 # no comment,1 # no comment",
                "a = 1 ; no comment,1 ; no comment",
                "a = \"x y\",x y",
                "a = 'x y',x y",
                "a = 'x,'x",
                "a = \"x',\"x'",
                "a = \",``",
                "a = '',``",
                "a =,``",
                "a = ' x ',` x `",
                "a = 1\\n  2\\n\\t3,1\\n2\\n3",
                "a =\\n  2,\\n2",
                "a = \"x\"\\n y,x\\ny",
                "a = 1\\n  # goes on,1\\n# goes on",
                "a = 1\\n  [goes] on,1\\n[goes] on",
                "a = 1\\r\\n b\\rb = 3,1\\nb",
                "a = \u00a01\u00a0,1",
                "\u00a0a = 1,1",
            })
    void aValueIsReadAsOsloReadsIt(String lines, String value) {
        List<Assignment> read = parse("[DEFAULT]\n" + escapes(lines));
        assertThat(problems.errors(List.of(FILE))).isEmpty();
        assertThat(read.get(0).key()).isEqualTo("a");
        assertThat(read.get(0).value()).isEqualTo(escapes(value));
    }

    @Test
    void anOptionIsFoundInItsSectionAtItsLine() {
        List<Assignment> read =
                parse("# c\n; c\n[DEFAULT]\na = 1\n\n[Some Group]\nb-c.d = 2\n  3\ne = 4\n[DEFAULT]\na = 5");
        assertThat(read)
                .containsExactly(
                        new Assignment(FILE, 4, "DEFAULT", "a", "1"),
                        new Assignment(FILE, 7, "Some Group", "b-c.d", "2\n3"),
                        new Assignment(FILE, 9, "Some Group", "e", "4"),
                        new Assignment(FILE, 11, "DEFAULT", "a", "5"));
    }

    @Test
    void sectionsDifferInCaseOnlyForDefault() {
        assertThat(parse("[Libvirt]\na = 1").get(0).is(new OptionName("libvirt", "a")))
                .isTrue();
        assertThat(parse("[default]\na = 1").get(0).is(new OptionName("DEFAULT", "a")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "a,2: no '=' in the line",
                "= 1,2: no name before the '='",
                ": 1,2: no name before the ':'",
                "[x,2: section without its ']'",
                "[x] # comment,2: section without its ']'",
                "[],2: section without a name",
                "`  a = 1`,2: begins with white space but continues no value",
                "a = 1\\n\\n  2,4: begins with white space but continues no value",
                "a = 1\\n   \\n  2,4: begins with white space but continues no value",
                "a = 1\\n# c\\n  2,4: begins with white space but continues no value",
            })
    void whatOsloRefusesIsToldWithItsLine(String lines, String error) {
        parse("[DEFAULT]\n" + escapes(lines));
        assertThat(problems.errors(List.of(FILE))).singleElement().asString().startsWith("nova.conf:" + error);
    }

    @Test
    void optionsBeforeTheFirstSectionAreOneError() {
        assertThat(parse("a = 1\nb = 2\n[g]\nc = 3")).hasSize(1);
        assertThat(problems.errors(List.of(FILE)))
                .singleElement()
                .asString()
                .startsWith("nova.conf:1: option before the first section");
    }

    @Test
    void readingGoesOnAfterAnErrorAndTellsTheNext() {
        List<Assignment> read =
                parse("[DEFAULT]\nwrong\n  and what belongs to it\na = 1\n[g\nlost = 1\n[h]\nb = 2\n= 3");
        assertThat(read).extracting(Assignment::key).containsExactly("a", "b");
        assertThat(problems.errors(List.of(FILE)))
                .satisfiesExactly(
                        e -> assertThat(e).startsWith("nova.conf:2: "),
                        e -> assertThat(e).startsWith("nova.conf:5: "),
                        e -> assertThat(e).startsWith("nova.conf:9: "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"transport_url rabbit", "[hunter2", "  hunter2", "=hunter2", "[] hunter2"})
    void noErrorShowsTheLine(String line) {
        parse("[DEFAULT]\n" + line);
        assertThat(problems.errors(List.of(FILE)))
                .singleElement()
                .asString()
                .doesNotContain("hunter2")
                .doesNotContain("rabbit");
    }

    @Test
    void aFileThatIsNoConfigurationDoesNotFillTheScreen() {
        parse("no option\n".repeat(100_000));
        assertThat(problems.errors(List.of(FILE)))
                .hasSize(21)
                .last()
                .asString()
                .contains("is it a configuration file?");
    }

    private List<Assignment> parse(String text) {
        return IniParser.parse(FILE, text, problems);
    }

    private static String escapes(String text) {
        return text.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
    }
}
