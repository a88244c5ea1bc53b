package org.novagpubinder.config.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.novagpubinder.config.TestConfig;
import org.novagpubinder.config.settings.BinderConfig;

/** The values are those that oslo.config 9.0.0 gives for the same files. */
class SubstitutionTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "$b,2",
        "x${b}y,x2y",
        "$b-y,2-y",
        "$b$b,22",
        "$c,2",
        "$libvirt.virt_type,qemu",
        "${libvirt.virt_type},qemu",
        "${LIBVIRT.virt_type},error",
        "${gpu_binder.policy},preferred",
        "$$b,$b",
        "\\$b,$b",
        "$$$$,$$",
        "$5,$5",
        "${b,${b",
        "x$,x$",
        "$vcpu_pin_set.,error",
        "$nope,error",
        "$B,error",
        "${nope.b},error",
        "${libvirt.nope},error",
        "$DEFAULT.b,error",
        "${DEFAULT.b},error",
        "$control_exchange,error",
        "$d,error",
    })
    void aDollarIsReadAsOsloReadsIt(String value, String becomes) throws Exception {
        String text = "[DEFAULT]\nb = 2\nc = $b\nd = $e\ne = ${d}\ncontrol_exchange = " + value
                + "\n[LibVirt]\nvirt_type = qemu\n";
        TestConfig config = TestConfig.in(directory);
        if (becomes.equals("error")) {
            assertThat(config.errors(text)).singleElement().asString().contains("control_exchange", "refers to");
        } else {
            assertThat(config.load(text).broker().exchange()).isEqualTo(becomes);
        }
    }

    @Test
    void aNameIsLookedForInTheSectionFirstThenInDefault() throws Exception {
        String both = "[DEFAULT]\nb = outer\n[libvirt]\nb = inner\nconnection_uri = $b\n";
        assertThat(TestConfig.in(directory).load(both).connectionUri()).isEqualTo("inner");
        String outer = "[DEFAULT]\nb = outer\n[libvirt]\nconnection_uri = $b\n";
        assertThat(TestConfig.in(directory).load(outer).connectionUri()).isEqualTo("outer");
    }

    @Test
    void theHostsOwnNameStandsForAHostThatIsNotSet() throws Exception {
        String text = """
                [notifications]
                notification_format = both
                versioned_notifications_topics = versioned_notifications,gpu-binder-$host
                """;
        assertThat(TestConfig.in(directory).load(text).broker().hostTopic()).isEqualTo("gpu-binder-kernel-name");
    }

    @Test
    void aValueFromALaterFileIsPutIntoAnEarlierOne() throws Exception {
        BinderConfig config = TestConfig.in(directory)
                .with("a.conf", "[DEFAULT]\nhost = $rack-7\nrack = r1\n")
                .with("b.conf", "[DEFAULT]\nrack = r2\n")
                .load();
        assertThat(config.host()).isEqualTo("r2-7");
    }

    @Test
    void valuesThatDoubleForEverAreCutShort() throws Exception {
        StringBuilder text = new StringBuilder("[DEFAULT]\nhost = $a0\n");
        for (int i = 0; i < 25; i++) {
            text.append("a" + i + " = $a" + (i + 1) + "$a" + (i + 1) + "\n");
        }
        assertThat(TestConfig.in(directory).errors(text + "a25 = xxxxxxxx\n"))
                .singleElement()
                .asString()
                .contains("becomes longer than");
    }
}
