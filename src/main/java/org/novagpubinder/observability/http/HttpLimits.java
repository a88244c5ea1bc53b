package org.novagpubinder.observability.http;

/**
 * Limits of the JDK's HTTP server, which are the whole process' (module jdk.httpserver): nobody may hold a connection or a
 * thread of it for long, or fill the memory.
 */
public final class HttpLimits {
    private static final int CONNECTIONS = 32;
    private static final int IDLE_S = 30;
    private static final int REQUEST_S = 5;
    private static final int RESPONSE_S = 30;
    private static final int HEADERS = 50;
    private static final int HEADER_BYTES = 16 * 1024;

    private HttpLimits() {}

    /** Sets them where nothing else has; before the first server is made, for they are read once. */
    public static void set() {
        set("jdk.httpserver.maxConnections", CONNECTIONS);
        set("sun.net.httpserver.maxIdleConnections", CONNECTIONS);
        set("sun.net.httpserver.idleInterval", IDLE_S);
        set("sun.net.httpserver.maxReqTime", REQUEST_S);
        set("sun.net.httpserver.maxRspTime", RESPONSE_S);
        set("sun.net.httpserver.maxReqHeaders", HEADERS);
        set("sun.net.httpserver.maxReqHeaderSize", HEADER_BYTES);
        set("sun.net.httpserver.drainAmount", HEADER_BYTES);
    }

    private static void set(String property, int value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, Integer.toString(value));
        }
    }
}
