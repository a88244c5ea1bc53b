package org.novagpubinder.config;

import java.nio.charset.StandardCharsets;
import org.novagpubinder.config.oslo.BadValue;
import org.novagpubinder.fuzz.Shown;

/** Any text is a transport URL or a {@link BadValue} of one line; what is shown of one holds no password. */
public final class TransportUrlFuzz {
    private static final String PASSWORD = "hushHUSH";

    private TransportUrlFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] text) {
        String url = new String(text, StandardCharsets.UTF_8);
        try {
            TransportUrl parsed = TransportUrl.parse(url);
            if (parsed.addresses().isEmpty() || parsed.addresses().stream().anyMatch(a -> a.port() < 1)) {
                throw new AssertionError("leads nowhere: " + parsed.addresses());
            }
            boolean once = url.indexOf(PASSWORD) == url.lastIndexOf(PASSWORD);
            if (once
                    && parsed.addresses().stream()
                            .anyMatch(a -> a.password().reveal().contains(PASSWORD))
                    && parsed.toString().contains(PASSWORD)) {
                throw new AssertionError("shows the password: " + parsed);
            }
        } catch (BadValue e) {
            Shown.noControls(e.getMessage());
            if (e.getMessage().contains(PASSWORD)) {
                throw new AssertionError("shows the password: " + e.getMessage());
            }
        }
    }
}
