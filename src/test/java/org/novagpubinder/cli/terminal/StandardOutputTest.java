package org.novagpubinder.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
    @Test
    void aResultThatAFullDiskDidNotTakeIsLost() throws IOException {
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            StandardOutput out = new StandardOutput(full);
            new PrintStream(out, true, StandardCharsets.UTF_8).println("{}");

            assertThat(out.lost()).contains("No space left on device");
        }
    }

    @Test
    void nothingIsLostIfTheReaderWantedNoMore() {
        StandardOutput out = new StandardOutput(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        new PrintStream(out, true, StandardCharsets.UTF_8).println("{}");

        assertThat(out.lost()).isEmpty();
    }
}
