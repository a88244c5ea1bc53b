package org.novagpubinder.host.proc;

/**
 * The process of a running domain.
 *
 * @param startTicks when it started, clock ticks (1/100 s) since the machine's start; with the pid it names one process
 *     for ever, though pids are used again
 * @param ageMillis how long it has run, ms
 */
public record QemuProcess(int pid, long startTicks, long ageMillis) {}
