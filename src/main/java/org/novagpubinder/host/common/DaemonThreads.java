package org.novagpubinder.host.common;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes daemon threads with a name that log lines and thread dumps tell. */
public final class DaemonThreads {
    private DaemonThreads() {}

    /** Threads that all have this name. */
    public static ThreadFactory named(String name) {
        return task -> make(task, name);
    }

    /** Threads of this name with a number, such as "http-1". */
    public static ThreadFactory numbered(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> make(task, name + "-" + number.incrementAndGet());
    }

    private static Thread make(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
