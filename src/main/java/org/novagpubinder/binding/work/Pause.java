package org.novagpubinder.binding.work;

/** Waits between two tries or looks. */
@FunctionalInterface
public interface Pause {
    /**
     * Lets time go by.
     *
     * @param millis so much, ms
     * @return false if the thread was interrupted, which it then still is
     */
    boolean sleep(long millis);

    static boolean ofTheThread(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
