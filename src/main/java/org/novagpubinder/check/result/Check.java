package org.novagpubinder.check.result;

import java.util.List;

/** One thing that is looked at. It never changes anything, and waits a few seconds at most for whatever is far away. */
@FunctionalInterface
public interface Check {
    /**
     * Looks. None, if there is nothing to look at because something fails that another check tells.
     *
     * @throws Exception a broker's trouble ({@link CheckResult#of}), or what nobody foresaw; it is told as a failure of this check alone
     */
    List<CheckResult> run() throws Exception;
}
