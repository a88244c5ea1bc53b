package org.novagpubinder.domain.definition;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Domain XML for the tests. */
public final class Samples {
    private Samples() {}

    public static String read(String name) throws IOException {
        try (InputStream in = Samples.class.getResourceAsStream("/domains/" + name)) {
            if (in == null) {
                throw new IOException("no sample " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
