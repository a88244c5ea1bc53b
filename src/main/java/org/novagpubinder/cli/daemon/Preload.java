package org.novagpubinder.cli.daemon;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.ConnectionFactory;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.host.common.DaemonThreads;

/**
 * Loads libraries on a second thread while the first reads the configuration and makes the objects: a guest that is created at
 * this moment waits for both. Whoever needs a class before it is loaded waits for it, as always in Java.
 */
final class Preload {
    private Preload() {}

    static void begin() {
        DaemonThreads.named("preload").newThread(Preload::load).start();
    }

    private static void load() {
        new ObjectMapper();
        // were one of them missing, the second attempt would not say which
        if (NativeLibraries.known()) {
            LibvirtConnection.preload();
        }
        new ConnectionFactory();
    }
}
