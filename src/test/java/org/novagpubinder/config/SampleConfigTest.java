package org.novagpubinder.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.novagpubinder.config.oslo.Option;
import org.novagpubinder.config.settings.BinderConfig;

class SampleConfigTest {
    private static final Path SAMPLE = Path.of("etc/nova-gpu-binder/nova-gpu-binder.conf");

    @TempDir
    Path directory;

    @Test
    void theSampleConfigurationIsWhatTheTableOfOptionsSays() throws Exception {
        if (Boolean.getBoolean("sample.write")) {
            Files.writeString(SAMPLE, SampleConfig.text());
        }
        assertThat(Files.readString(SAMPLE))
                .as("written anew by: mvn test -Dtest=SampleConfigTest -Dsample.write=true")
                .isEqualTo(SampleConfig.text());
    }

    @Test
    void everyOptionStandsInTheSampleWithItsDefaultAndAComment() throws Exception {
        List<String> lines = Files.readAllLines(SAMPLE);
        for (Option<?> option : GpuBinderOptions.ALL) {
            String text = option.defaultText() == null ? "" : option.defaultText();
            String line = ("#" + option.name().name() + " = " + text).strip();
            assertThat(lines).contains(line);
            assertThat(lines.get(lines.indexOf(line) - 1)).startsWith("# ");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {GpuBinderOptions.class, NovaOptions.class})
    void everyOptionThatIsDeclaredIsListed(Class<?> options) throws Exception {
        List<Option<?>> declared = new ArrayList<>();
        for (Field field : options.getDeclaredFields()) {
            if (field.getType() == Option.class) {
                declared.add((Option<?>) field.get(null));
            }
        }
        List<?> listed = (List<?>) options.getDeclaredField("ALL").get(null);
        assertThat(declared).allSatisfy(option -> assertThat(listed.contains(option))
                .as(option.name().toString())
                .isTrue());
    }

    @Test
    void theSampleAsItIsChangesNothing() throws Exception {
        assertThat(load(Files.readString(SAMPLE)).binding()).isEqualTo(load("").binding());
    }

    @Test
    void theSampleWithItsCommentsTakenAwayIsValidAndChangesNothing() throws Exception {
        Matcher option = Pattern.compile("(?m)^#([a-z])").matcher(Files.readString(SAMPLE));
        BinderConfig all = load(option.replaceAll("$1"));
        assertThat(all.withConnectionUri("x"))
                .usingRecursiveComparison()
                .ignoringFields("files")
                .isEqualTo(load("").withConnectionUri("x"));
    }

    private BinderConfig load(String text) throws Exception {
        return TestConfig.in(directory).load(text);
    }
}
