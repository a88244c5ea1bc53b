package org.novagpubinder.check.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import org.novagpubinder.config.settings.ListenAddress;

/** Asks the daemon where it listens; neither redirects nor long answers are followed. */
public final class DaemonHttp {
    private static final int PATIENCE_MILLIS = 3_000;
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private DaemonHttp() {}

    /** Where to ask a daemon of this host, with a slash at the end. */
    public static String url(ListenAddress address) throws IOException {
        boolean anywhere = InetAddress.getByName(address.host()).isAnyLocalAddress();
        return "http://" + (anywhere ? new ListenAddress("localhost", address.port()) : address) + "/";
    }

    /**
     * The JSON that is answered, whatever the status; a missing node where the answer is empty.
     *
     * @throws IOException if nothing answers, or something that is no JSON
     */
    public static JsonNode get(String url) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setInstanceFollowRedirects(false);
        try {
            boolean good = connection.getResponseCode() < HttpURLConnection.HTTP_BAD_REQUEST;
            try (InputStream body = good ? connection.getInputStream() : connection.getErrorStream()) {
                return new ObjectMapper().readTree(body == null ? new byte[0] : body.readNBytes(MOST_BYTES));
            }
        } finally {
            connection.disconnect();
        }
    }
}
