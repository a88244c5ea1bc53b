package org.novagpubinder.cli.daemon;

import com.rabbitmq.client.ConnectionFactory;
import org.novagpubinder.domain.connection.LibvirtConnection;
import org.novagpubinder.host.common.DaemonThreads;

/**
 * Loads JNA, libvirt and the broker's client on a second thread while the first reads the configuration: a guest that is created
 * at this moment waits for both. None of them is used by the first thread until {@link #await}: two threads that initialize
 * classes of one library in different orders could wait for each other for ever.
 */
final class Preload {
    private final Thread thread = DaemonThreads.named("preload").newThread(Preload::load);

    private Preload() {}

    static Preload begin() {
        Preload preload = new Preload();
        preload.thread.start();
        return preload;
    }

    void await() throws InterruptedException {
        thread.join();
    }

    private static void load() {
        // were one of them missing, the second attempt would not say which
        if (NativeLibraries.known()) {
            LibvirtConnection.preload();
        }
        new ConnectionFactory();
    }
}
