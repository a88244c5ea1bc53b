package org.novagpubinder.observability.http;

import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.novagpubinder.config.settings.ListenAddress;

/**
 * By which names the listener may be called. A page elsewhere could have its own name resolve to 127.0.0.1 and read ours
 * through a visitor's browser (DNS rebinding); the browser then sends that name as Host.
 */
record HttpHosts(boolean any, String configured) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.%]+]");
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");

    /** @param bound where it really listens; in a network any name will do, for only its operator knows the host's */
    HttpHosts(ListenAddress configured, InetAddress bound) {
        this(!bound.isLoopbackAddress(), configured.host().toLowerCase(Locale.ROOT));
    }

    /** Whether the header Host names us. A client of HTTP/1.0 may leave it out; a browser never does. */
    boolean allow(@Nullable String header) {
        if (any || header == null) {
            return true;
        }
        String name = PORT.matcher(header.toLowerCase(Locale.ROOT)).replaceFirst("");
        return name.equals("localhost")
                || name.equals(configured)
                || ADDRESS.matcher(name).matches();
    }
}
