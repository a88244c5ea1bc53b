package org.novagpubinder.host.common;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes daemon threads with a name that log lines and thread dumps tell. */
public final class DaemonThreads {
    /** Reads come in bursts, at a binding and at a sweep; in between a thread is only memory. */
    private static final long KEPT_S = 1;

    private DaemonThreads() {}

    public static ThreadFactory named(String name) {
        return task -> make(task, name);
    }

    /** Threads of this name with a number, such as "http-1". */
    public static ThreadFactory numbered(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> make(task, name + "-" + number.incrementAndGet());
    }

    /** As many threads as there is work at a time; one that finds none for a second ends. */
    public static ExecutorService pool(String name) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, KEPT_S, TimeUnit.SECONDS, new SynchronousQueue<>(), named(name));
    }

    private static Thread make(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
